"""A short run of the poll's crash cases; `make crash` runs all of them with 2,500 and 100,000 signals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.poller import STEPS
from tests.crash.polls import Found, PollHouse, at_a_step, at_random

HOME = Path(__file__).resolve().parents[2] / ".samsvar" / "crash-polls-test"


@pytest.fixture(scope="module")
def house() -> Iterator[PollHouse]:
    with PollHouse(HOME) as house:
        yield house


@pytest.mark.parametrize("step", STEPS)
def test_a_poll_killed_at_any_step_loses_and_doubles_nothing(house: PollHouse, step: str) -> None:
    """Row 4: the marker is committed with its page."""
    at = 1 if step.startswith("all read") else 3
    found = at_a_step(house, step, at, signals=1_250)
    assert found == Found(lives=2)


def test_polls_killed_at_random_lose_and_double_nothing(house: PollHouse) -> None:
    found = at_random(house, 5, signals=8_000, longest=0.6)
    assert found.clean and found.lives > 12


def test_a_poller_that_notes_its_marker_first_is_caught(house: PollHouse) -> None:
    found = at_a_step(house, "ids stored", 3, signals=1_250, naive=True)
    assert found.reached and found.missing > 200
