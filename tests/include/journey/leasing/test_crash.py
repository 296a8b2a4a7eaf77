"""Killed in every window, run twice at once, cleared again: by the authority's own log 0 lost, 0 doubled."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from include.errors import ServiceUnavailable
from include.journey.leasing import collect as collecting
from include.journey.leasing import file_away, submit
from include.ledger import leasing_intake, leasing_sending

pytestmark = pytest.mark.postgres


class Killed(BaseException):
    """Stands for SIGKILL: no handler of ours may catch it and go on."""


def dying(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, when: str, at: int = 1) -> None:
    """The function dies `before` or `after` it did its work, at its `at`th call; later calls live."""
    real, calls = getattr(module, name), [0]

    def note() -> bool:
        calls[0] += 1
        return calls[0] == at

    if asyncio.iscoroutinefunction(real):

        async def replaced(*args: Any, **kwargs: Any) -> Any:
            dies = note()
            if dies and when == "before":
                raise Killed
            result = await real(*args, **kwargs)
            if dies:
                raise Killed
            return result
    else:

        def replaced(*args: Any, **kwargs: Any) -> Any:  # type: ignore[misc]
            dies = note()
            if dies and when == "before":
                raise Killed
            result = real(*args, **kwargs)
            if dies:
                raise Killed
            return result

    monkeypatch.setattr(module, name, replaced)


ROWS = [("OPPRETTE", f"CU100{number}", "310000027") for number in range(10, 40)]


async def until_done(leasing: Any) -> None:
    """Rounds of ordinary runs: settle, collect, send, file, as the DAG does."""
    for _ in range(4):
        leasing.heal()
        await leasing.settle()
        await leasing.whole()


def judge(leasing: Any, wanted: int) -> None:
    assert leasing.doubled == 0
    assert len(leasing.truth()) == leasing.truth().total() == wanted, "by the authority's own log"
    assert leasing.ends() == ["ACCEPTED"] * wanted
    assert list(leasing.inbox.iterdir()) == []
    assert len(list((leasing.folder / "archive").rglob("*.csv"))) == 1
    assert len(leasing.receipts()) == 2


WINDOWS = [
    (leasing_intake, "see", "before", 1),
    (leasing_intake, "see", "after", 1),
    (leasing_intake, "take", "before", 1),
    (leasing_intake, "take", "after", 1),
    (collecting, "take_table", "after", 1),
    (leasing_sending, "claim", "before", 1),
    (leasing_sending, "claim", "after", 1),
    (leasing_sending, "claim", "after", 2),
    (submit, "body", "before", 3),
    (leasing_sending, "record", "before", 1),
    (leasing_sending, "record", "before", 9),
    (leasing_sending, "record", "after", 1),
    (leasing_sending, "record", "after", 9),
    (file_away.leasing_filing, "plan_move", "before", 1),
    (file_away.leasing_filing, "plan_move", "after", 1),
    (file_away, "_prove", "before", 1),
    (file_away.leasing_filing, "mark_filed", "before", 1),
    (file_away.leasing_filing, "mark_filed", "after", 1),
    (file_away.leasing_filing, "mark_told", "before", 1),
    (file_away.leasing_filing, "mark_told", "after", 1),
]


@pytest.mark.parametrize(("module", "name", "when", "at"), WINDOWS)
async def test_killed_in_a_window(
    leasing: Any, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, when: str, at: int
) -> None:
    leasing.put("a.csv", *ROWS)
    with monkeypatch.context() as patch:
        dying(patch, module, name, when=when, at=at)
        with pytest.raises(Killed):
            await leasing.whole()
    await until_done(leasing)
    judge(leasing, len(ROWS))


@pytest.mark.parametrize("seed", range(3))
async def test_killed_at_random_on_a_broken_network(leasing: Any, seed: int) -> None:
    """Tasks are cancelled at random moments while answers and requests are lost; some run side by side."""
    from include.sandbox.faults import FaultKind, FaultPlan

    rng = random.Random(seed)
    leasing.put("a.csv", *ROWS)
    await leasing.collect()
    rates = {FaultKind.LOST_ANSWER: 0.1, FaultKind.CUT_BODY: 0.05, FaultKind.ERROR_AFTER_ACCEPT: 0.05}
    leasing.sandbox.knobs.faults["vegvesen"] = FaultPlan(rates=rates)
    leasing.slow(0.02)
    for _ in range(12):
        tries = [asyncio.create_task(leasing.send()) for _ in range(rng.randint(1, 3))]
        await asyncio.sleep(rng.uniform(0.02, 0.25))
        for task in tries:
            if rng.random() < 0.8:
                task.cancel()
        await asyncio.gather(*tries, return_exceptions=True)
        leasing.sql("UPDATE ledger.lease SET until = now()")
    await until_done(leasing)
    judge(leasing, len(ROWS))


async def test_two_tries_at_once_send_each_change_once(leasing: Any) -> None:
    leasing.put("a.csv", *ROWS)
    await leasing.collect()
    leasing.slow(0.03)
    await asyncio.gather(*(leasing.send() for _ in range(3)))
    await leasing.file()
    judge(leasing, len(ROWS))


async def test_a_stop_sends_no_more_and_a_retry_sends_the_rest(leasing: Any) -> None:
    leasing.put("a.csv", *ROWS)
    await leasing.collect()
    leasing.slow(0.05)
    stop = asyncio.Event()
    task = asyncio.create_task(leasing.send(stop=stop))
    while leasing.posts < 3:
        await asyncio.sleep(0.01)
    stop.set()
    with pytest.raises(ServiceUnavailable, match="asked to stop"):
        await task
    assert "SENT" not in leasing.ends()
    await until_done(leasing)
    judge(leasing, len(ROWS))


async def test_a_file_that_was_written_over_comes_back_as_a_new_one(leasing: Any) -> None:
    leasing.put("a.csv", ("OPPRETTE", "CU10010", "310000027"))
    await leasing.collect()
    await leasing.send()
    leasing.put("a.csv", ("OPPRETTE", "CU10011", "310000027"))
    await leasing.file()
    await leasing.whole()
    assert leasing.ends() == ["ACCEPTED", "ACCEPTED"]
    assert list(leasing.inbox.iterdir()) == []


async def test_a_naive_sender_doubles_by_the_same_log(leasing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the intent the same story doubles, so the log would show it."""
    leasing.put("a.csv", *ROWS)
    await leasing.collect()
    leasing.fault(*["lost_answer"] * 3)
    await leasing.send()
    leasing.heal()
    leasing.sql("ALTER TABLE ledger.leasing_change DISABLE TRIGGER leasing_moves")
    leasing.sql("UPDATE ledger.leasing_change SET state = 'PENDING' WHERE state = 'UNKNOWN'")
    await leasing.send()
    assert leasing.doubled == 3
