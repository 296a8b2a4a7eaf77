"""The whole run: every window, seeded random nights, the naive sender; one table and one last line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.crash.dice import naive_night, random_night
from tests.crash.drills import Result
from tests.crash.house import CrashHouse
from tests.crash.windows import Window

Say = Callable[[str], None]


@dataclass(slots=True)
class Suite:
    """Adds up what the cases found. `documents` is per case."""

    house: CrashHouse
    documents: int
    say: Say = print
    hit: set[str] = field(default_factory=set)
    missed: list[str] = field(default_factory=list)
    seeds: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    naive_doubled: int = 0
    problems: list[str] = field(default_factory=list)

    def windows(self, windows: Iterable[Window], seed: int = 0) -> None:
        """Each case once."""
        for window in windows:
            began = time.monotonic()
            result = window.drill(self.house, self.documents, seed)
            if result.hit:
                self.hit.add(window.name)
            else:
                self.missed.append(window.name)
            self._take(window.name, result, began)

    def random(self, seeds: Iterable[int]) -> None:
        """One night per seed."""
        for seed in seeds:
            began = time.monotonic()
            self._take(f"seed {seed}", random_night(self.house, self.documents, seed), began)
            self.seeds += 1

    def naive(self, seeds: Iterable[int]) -> None:
        """The control: a sender that must be caught."""
        for seed in seeds:
            found = naive_night(self.house, self.documents, seed)
            self.naive_doubled += found.doubled
            self.say(f"naive sender, seed {seed}: killed {found.killed} times, {found.doubled} documents doubled")

    def _take(self, name: str, result: Result, began: float) -> None:
        verdict = result.verdict
        self.lost += len(verdict.lost)
        self.doubled += len(verdict.doubled)
        self.wrong += len(verdict.wrong)
        self.problems += [f"{name}: {sentence}" for sentence in verdict.problems]
        self.say(
            f"{'ok ' if verdict.clean and result.hit else 'BAD'} {name:52} {result.lives:3} lives, "
            f"{verdict.created:5} created, {verdict.unknown:3} unknown, {time.monotonic() - began:5.1f} s"
        )
        for sentence in verdict.sentences()[:8]:
            self.say(f"    {sentence}")

    @property
    def passed(self) -> bool:
        bad = self.lost or self.doubled or self.wrong or self.problems or self.missed
        return not bad and self.naive_doubled > 0

    def last_line(self) -> str:
        """The line that others read; `cases` are those whose crash point was really reached."""
        return (
            f"crash: cases={len(self.hit)} docs={self.documents} seeds={self.seeds} lost={self.lost} "
            f"doubled={self.doubled} wrong={self.wrong} naive_doubled={self.naive_doubled}"
        )
