"""What a run is made of (windows, seeded random nights, the naive sender), and what it found."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields

from tests.crash.dice import RATE, naive_night, random_night
from tests.crash.drills import Result
from tests.crash.house import CrashHouse
from tests.crash.windows import Window

Say = Callable[[str], None]


@dataclass(slots=True)
class Findings:
    """What was found, in numbers and sentences. `hit` are the cases whose crash point was really reached, `killed` the
    kills of random nights, `cases` what the judge said of each case.
    """

    hit: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seeds: int = 0
    killed: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    naive_doubled: int = 0
    cases: dict[str, list[str]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Nothing lost, doubled or wrong, everything reached, and the naive sender caught."""
        bad = self.lost or self.doubled or self.wrong or self.problems or self.missed
        return not bad and self.naive_doubled > 0

    def last_line(self, documents: int) -> str:
        """The line that others read; `cases` are those whose crash point was really reached."""
        return (
            f"crash: cases={len(set(self.hit))} docs={documents} seeds={self.seeds} lost={self.lost} "
            f"doubled={self.doubled} wrong={self.wrong} naive_doubled={self.naive_doubled}"
        )

    @classmethod
    def sum(cls, found: Iterable[Findings]) -> Findings:
        """All of them together."""
        total = cls()
        for one in found:
            for part in fields(cls):
                mine, other = getattr(total, part.name), getattr(one, part.name)
                setattr(total, part.name, mine | other if isinstance(mine, dict) else mine + other)
        return total

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Findings:
        """The findings of that line."""
        return cls(**json.loads(line))


@dataclass(slots=True)
class Suite:
    """Runs cases in one house. `documents` is always per case."""

    house: CrashHouse
    say: Say = print
    found: Findings = field(default_factory=Findings)

    def windows(self, windows: Iterable[Window], documents: int, seed: int = 0) -> None:
        """Each case once."""
        for window in windows:
            began = time.monotonic()
            result = window.drill(self.house, documents, seed)
            (self.found.hit if result.hit else self.found.missed).append(window.name)
            self._take(window.name, result, began, fine=bool(result.hit))

    def random(self, seeds: Iterable[int], documents: int, rate: float = RATE) -> None:
        """One night per seed."""
        for seed in seeds:
            began = time.monotonic()
            result = random_night(self.house, documents, seed, rate)
            self._take(f"seed {seed}", result, began)
            self.found.seeds += 1
            self.found.killed += len(result.hit)

    def naive(self, seeds: Iterable[int], documents: int) -> None:
        """The control: a sender that must be caught."""
        for seed in seeds:
            night = naive_night(self.house, documents, seed)
            self.found.naive_doubled += night.doubled
            self.say(f"naive sender, seed {seed}: killed {night.killed} times, {night.doubled} documents doubled")

    def _take(self, name: str, result: Result, began: float, *, fine: bool = True) -> None:
        verdict = result.verdict
        self.found.lost += len(verdict.lost)
        self.found.doubled += len(verdict.doubled)
        self.found.wrong += len(verdict.wrong)
        self.found.cases[name] = verdict.sentences()
        self.found.problems += [f"{name}: {sentence}" for sentence in verdict.problems]
        self.say(
            f"{'ok ' if verdict.clean and fine else 'BAD'} {name:52} {result.lives:3} lives, "
            f"{verdict.created:5} created, {verdict.unknown:3} unknown, {time.monotonic() - began:5.1f} s"
        )
        for sentence in verdict.sentences()[:8]:
            self.say(f"    {sentence}")
