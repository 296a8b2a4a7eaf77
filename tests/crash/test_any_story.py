"""Any story of drops, crashes, answers, lookups, clears and overlaps ends well (property based, real processes)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from include.sandbox.faults import FaultKind, FaultPlan
from tests.crash.drills import come_back
from tests.crash.house import CrashHouse
from tests.crash.oracle import judge
from tests.crash.orders import RESOLVE, STEPS, Charge, Orders
from tests.crash.places import POINTS
from tests.crash.scene import CLOSED

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("crash")]

ROOT = Path(__file__).resolve().parents[2]
ENDS = ("lost_answer", "lost_request", "error_after_accept", "unavailable", "cut_body", "error")


class Story(RuleBasedStateMachine):
    """One importer's nights; nothing is asserted of what a step does, only of what must always hold, and of the end."""

    def __init__(self, house: CrashHouse) -> None:
        super().__init__()
        self.house = house
        self.stack = ExitStack()
        self.scene = self.stack.enter_context(house.scene())
        self.numbers = count(1)
        self.run = "run-1"

    def orders(self, *, again: bool) -> Orders:
        """The present run once more (a clear), or a new one."""
        if not again:
            self.run = f"story-{next(self.numbers)}"
        return self.scene.orders(20, run=self.run, try_number=next(self.numbers))

    @initialize()
    def first_files(self) -> None:
        self.drop(refused=True)

    @rule(refused=st.booleans())
    def drop(self, refused: bool) -> None:
        for _ in range(6):
            number = next(self.numbers)
            self.scene.put(f"{number:05d}.xml", self.scene.content(number))
        if refused:
            number = next(self.numbers)
            self.scene.put(f"{number:05d}.xml", self.scene.content(number, variant=CLOSED), "refused")

    @rule(point=st.sampled_from(sorted(POINTS)), at=st.integers(1, 4), again=st.booleans())
    def crash(self, point: str, at: int, again: bool) -> None:
        orders = self.orders(again=again)
        self.live(replace(orders, steps=(*RESOLVE, *STEPS), charges=(Charge(point, at),)))

    @rule(kinds=st.lists(st.sampled_from(ENDS), min_size=1, max_size=3), again=st.booleans())
    def answer(self, kinds: list[str], again: bool) -> None:
        numbers = enumerate(kinds, start=self.scene.posts + 1)
        plan = FaultPlan(at={number: FaultKind(kind) for number, kind in numbers})
        self.house.sandbox.knobs.faults["vegvesen"] = plan
        self.live(self.orders(again=again))
        self.house.sandbox.knobs.faults.clear()

    @rule()
    def look_up(self) -> None:
        self.scene.let_it_settle()
        self.live(replace(self.orders(again=True), steps=RESOLVE))

    @rule()
    def clear(self) -> None:
        self.live(replace(self.orders(again=True), again=2))

    @rule(same_run=st.booleans())
    def overlap(self, same_run: bool) -> None:
        lives = [self.scene.begin(self.orders(again=True)), self.scene.begin(self.orders(again=same_run))]
        assert {life.wait() for life in lives} <= {0, 3}, self.scene.log()[-800:]
        self.scene.let_time_pass()

    def live(self, orders: Orders) -> None:
        assert self.scene.live(orders) in (0, 3, -9), self.scene.log()[-800:]
        self.scene.quiet()
        self.scene.let_time_pass()

    @invariant()
    def nothing_is_created_twice_and_what_is_accepted_was_created(self) -> None:
        created = self.scene.created()
        assert [sha256 for sha256, times in created.items() if times > 1] == []
        accepted = self.scene.rows(
            "SELECT d.sha256 FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id "
            "WHERE u.state = 'ACCEPTED'"
        )
        assert {row["sha256"] for row in accepted} <= set(created)

    def teardown(self) -> None:
        try:
            come_back(self.scene, self.scene.orders(20, run="the end"))
            assert judge(self.scene).sentences() == []
        finally:
            self.stack.close()


@pytest.fixture(scope="module")
def house() -> Iterator[CrashHouse]:
    with CrashHouse(ROOT / ".samsvar" / "tests" / f"story{os.environ.get('PYTEST_XDIST_WORKER', '')}") as opened:
        yield opened


def test_any_story_ends_well(house: CrashHouse) -> None:
    many = bool(os.environ.get("SAMSVAR_EXPLORE"))
    run_state_machine_as_test(
        lambda: Story(house),
        settings=settings(
            max_examples=200 if many else 5,
            stateful_step_count=12 if many else 6,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
