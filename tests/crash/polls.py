"""Pollers of control signals are killed at every step and at random; the sandbox's feed says what must be there.

After each death the ledger must hold exactly the signals up to its marker, in the order of the feed: none missing, none
doubled, and the marker never ahead of the rows.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from include.embedded.postgres import EmbeddedPostgres
from include.ledger import migrate
from include.ledger.warehouse import connect
from include.sandbox import SandboxThread
from include.sandbox.toll_generated import Plan
from tests.crash.poller import HOUSES, ORGANISATION, STEPS, Life, live
from tests.crash.suite import Findings, Say

PAGE = 250
"""Signals of a page in the steps: ten pages of 2,500."""


@dataclass(slots=True)
class Found:
    """What a case left behind: signals missing and doubled, and sentences about order and marker."""

    lives: int = 0
    reached: bool = True
    missing: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.missing or self.doubled or self.wrong)


class PollHouse:
    """PostgreSQL and Tolletaten for all cases, one after the other; each case has a warehouse and a feed of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self._numbers = count(1)
        self._stack = ExitStack()
        self._fork = multiprocessing.get_context("forkserver")
        self._fork.set_forkserver_preload(["tests.crash.poller"])

    def __enter__(self) -> Self:
        shutil.rmtree(self.home / "sandbox", ignore_errors=True)
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            self.postgres = self._stack.enter_context(EmbeddedPostgres(self.home / "postgres"))
            with connect(self.postgres.dsn()) as connection:
                connection.autocommit = True
                connection.execute("ALTER SYSTEM SET fsync = off")  # what a SIGKILL leaves is all that counts here
                connection.execute("SELECT pg_reload_conf()")
                old = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^polls_'").fetchall()
            for row in old:
                self.postgres.drop_database(row["datname"])
            self.postgres.create_database("polls_template")
            months, migrate.MONTHS_AHEAD = migrate.MONTHS_AHEAD, 2
            try:
                migrate.migrate(self.postgres.dsn("polls_template"))
            finally:
                migrate.MONTHS_AHEAD = months
            self.sandbox = self._stack.enter_context(SandboxThread(self.home / "sandbox", seed=3))
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()

    @contextmanager
    def feed(self, signals: int, seed: int, page: int) -> Iterator[PollCase]:
        """A fresh warehouse and a feed of so many signals, repeated ids, re-routing and malformed ones among them."""
        name = f"polls_{next(self._numbers)}"
        with connect(self.postgres.dsn()) as connection:
            connection.autocommit = True
            connection.execute(f"CREATE DATABASE {name} TEMPLATE polls_template".encode())
        self.sandbox.toll.book.clear()
        self.sandbox.knobs.toll_page = page
        self.sandbox.toll.generate(Plan(signals=signals, seed=seed, duplicates=0.03, unknown=0.01, malformed=3))
        try:
            yield PollCase(self, self.postgres.dsn(name))
        finally:
            self.postgres.drop_database(name)

    def begin(self, life: Life) -> Any:
        """A poller's process."""
        process = self._fork.Process(target=live, args=(life,))
        process.start()
        return process


class PollCase:
    """One feed and one warehouse."""

    def __init__(self, house: PollHouse, dsn: str) -> None:
        self.house, self.dsn = house, dsn
        self.mark = house.home / "reached"
        feed = house.sandbox.toll.book.feed(ORGANISATION, HOUSES)
        self.ids = list(dict.fromkeys(feed._ids))  # the sandbox's own list is the truth

    def life(self, **how: Any) -> Life:
        connections = {name: self.house.sandbox.connections[name] for name in ("maskinporten", "toll")}
        return Life(self.dsn, connections, reached=str(self.mark), **how)

    def judge(self, found: Found, *, at_the_end: bool) -> None:
        """Compares the ledger with the feed: rows are the feed up to the marker, no more, no less, in its order."""
        with connect(self.dsn) as connection:
            rows = connection.execute("SELECT id FROM ledger.customs_signal ORDER BY position").fetchall()
            marker = connection.execute("SELECT marker FROM ledger.marker").fetchone()
            counted = connection.execute(
                "SELECT coalesce(sum(signals), 0) AS n FROM ledger.customs_consignment"
            ).fetchone()
            useful = connection.execute(
                "SELECT count(*) AS n FROM ledger.customs_signal WHERE consignment_id IS NOT NULL"
            ).fetchone()
        ids = [row["id"] for row in rows]
        at = marker["marker"] if marker else None
        wanted = self.ids if at_the_end else self.ids[: self.ids.index(at) + 1] if at else []
        known = [one for one in wanted if one is not None]
        stored = [one for one in ids if not one.startswith("sha256:")]
        found.missing += len(set(known) - set(stored))
        found.doubled += len(ids) - len(set(ids))
        if stored != known and set(stored) == set(known):
            found.wrong.append("the order is not the feed's")
        if set(stored) - set(known):
            found.wrong.append("rows lie behind the marker's page")
        if counted is None or useful is None or counted["n"] != useful["n"]:
            found.wrong.append("the consignments have not counted the signals that are stored")

    def finish(self, found: Found) -> Found:
        """A last poll, undisturbed, and the final judgement."""
        process = self.house.begin(self.life())
        process.join()
        found.lives += 1
        if process.exitcode != 0:
            found.wrong.append(f"the last poll ended with {process.exitcode}")
        self.judge(found, at_the_end=True)
        return found


def at_a_step(house: PollHouse, step: str, at: int, *, signals: int = 2_500, naive: bool = False) -> Found:
    """Killed at one passage of one step; whoever comes after reads the rest."""
    with house.feed(signals, seed=at, page=PAGE) as case:
        case.mark.unlink(missing_ok=True)
        process = house.begin(case.life(step=step, at=at, naive=naive))
        process.join()
        found = Found(lives=1, reached=case.mark.is_file())
        if not naive:
            case.judge(found, at_the_end=False)
        return case.finish(found)


def at_random(house: PollHouse, seed: int, *, signals: int = 100_000, longest: float = 1.5) -> Found:
    """Pollers killed at any moment until one gets through, two at once now and then."""
    dice = random.Random(seed)
    found = Found()
    with house.feed(signals, seed=seed, page=1_000) as case:
        for _ in range(12):
            processes = [house.begin(case.life()) for _ in range(1 + (dice.random() < 0.3))]
            for process in processes:
                process.join(dice.uniform(0.2, longest))
                process.kill()
                process.join()
            found.lives += len(processes)
            case.judge(found, at_the_end=False)
        return case.finish(found)


def polls_killed(home: Path, words: Sequence[str], say: Say, *, signals: int = 2_500) -> Findings:
    """Every step on its first and on a later page, then at random times with 100,000 signals."""
    cases: dict[str, Callable[[PollHouse], Found]] = {}
    for step in STEPS:
        for at in (1,) if step.startswith("all read") else (1, 6):
            cases[f"W10 {step}, {at}"] = partial(at_a_step, step=step, at=at, signals=signals)
    for seed in (1, 2):
        cases[f"W10 at random, 100000 signals, poll seed {seed}"] = partial(at_random, seed=seed)
    chosen = [name for name in cases if not words or any(word in name for word in words)]
    findings = Findings()
    if chosen:
        with PollHouse(home) as house:
            for name in chosen:
                _take(findings, name, cases[name](house), say)
        shutil.rmtree(home / "sandbox", ignore_errors=True)
    return findings


def _take(findings: Findings, name: str, found: Found, say: Say) -> None:
    (findings.hit if found.reached else findings.missed).append(name)
    findings.lost += found.missing
    findings.doubled += found.doubled
    findings.wrong += len(found.wrong)
    findings.problems += [f"{name}: {sentence}" for sentence in found.wrong]
    verdict = "ok " if found.clean and found.reached else "BAD"
    say(f"{verdict} {name:52} {found.lives:3} lives, {found.missing} missing, {found.doubled} doubled")
