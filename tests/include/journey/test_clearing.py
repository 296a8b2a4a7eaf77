"""Any step may run again, twice at once, or be stopped half-way: what was sent is never sent again."""

from __future__ import annotations

import asyncio

import pytest

from include.errors import Busy, ConfigurationError, ServiceUnavailable
from include.ledger.locks import party_lock
from include.ledger.warehouse import connect
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("step", ["collect", "plan", "validate", "submit", "file"])
async def test_a_step_that_runs_again_after_the_run_sends_nothing_and_changes_nothing(
    night: Night, step: str, times: int
) -> None:
    night.put_many(range(4))
    night.put("bad.xml", b"<x/>")
    night.fault("lost_answer")
    before = await night.whole()
    posts, names = night.posts, (night.names("archive"), night.names("rejected"), night.names("receipts"))

    for _ in range(times):
        done = getattr(night, step)()
        if asyncio.iscoroutine(done):
            await done

    assert night.posts == posts
    assert (night.names("archive"), night.names("rejected"), night.names("receipts")) == names
    assert night.reconcile() == before


@pytest.mark.parametrize("times", [2, 3])
async def test_every_step_in_its_turn_several_times_is_one_night(night: Night, times: int) -> None:
    contents = night.put_many(range(4))
    for _ in range(times):
        await night.collect()
    for _ in range(times):
        night.plan()
    for _ in range(times):
        night.validate()
    for _ in range(times):
        night.open()
    for _ in range(times):
        await night.submit()
    for _ in range(times):
        await night.file()

    assert sorted(night.truth().values()) == [1] * len(contents)
    assert night.posts == len(contents)
    assert night.reconcile().run.accepted == len(contents)
    assert len(night.names("archive")) == len(contents)


async def test_marking_success_leaves_open_documents_open_and_the_next_run_sends_them(night: Night) -> None:
    night.put_many(range(3))
    await night.through_validation()
    await night.file()  # submit was marked a success: nothing was sent

    assert night.reconcile().run.open == 3
    assert night.names() == ["0.xml", "1.xml", "2.xml"]
    result = await night.whole("run-2")
    assert result.run.accepted == 3


async def test_clearing_one_lot_after_an_outage_sends_that_lots_open_documents_and_no_others(night: Night) -> None:
    night.configure(lot_size=4)
    night.put_many(range(12))
    await night.through_validation()
    service = night.sandbox.services["vegvesen"]
    port = service.port
    await service.stop()
    for lot in (1, 2, 3):
        with pytest.raises(ServiceUnavailable):
            await night.send(lot)
    assert night.submissions()["PENDING"] == 12
    await service.start("127.0.0.1", port)
    night.heal()

    sent = await night.submit(2)

    mine = night.sql(
        "SELECT d.sha256 FROM ledger.document d JOIN ledger.sighting s ON s.id = d.sighting_id WHERE s.lot_no = 2"
    )
    assert night.truth() == {row["sha256"]: 1 for row in mine}
    assert (sent.accepted, sent.total, night.posts) == (4, 4, 4)
    assert night.submissions()["PENDING"] == 8


async def test_clearing_one_lot_after_a_half_outage_does_not_touch_what_is_unknown(night: Night) -> None:
    night.configure(lot_size=8)
    night.put_many(range(16))
    await night.through_validation()
    night.outage("unavailable")
    with pytest.raises(ServiceUnavailable):
        await night.send(1)
    assert (night.submissions()["UNKNOWN"], night.posts) == (5, 5)
    night.heal()

    sent = await night.submit(1)

    assert (sent.accepted, sent.total) == (3, 3)
    assert (night.submissions()["UNKNOWN"], night.submissions()["PENDING"], sum(night.truth().values())) == (5, 8, 3)


async def test_a_lot_cleared_right_after_the_cause_was_removed_is_sent_without_a_rest(night: Night) -> None:
    night.configure(lot_size=4)
    night.put_many(range(12))
    await night.through_validation()
    night.outage("html_400")
    with pytest.raises(ConfigurationError):
        await night.send(1)
    night.sandbox.knobs.faults.clear()

    with pytest.raises(ConfigurationError):  # a first try did not come because somebody changed something
        await night.send(2)
    assert night.posts == 1

    sent = await night.send(1, try_number=2)
    assert (sent.accepted, night.posts) == (4, 5)


async def test_two_tries_of_one_lot_at_once_create_each_document_once(night: Night) -> None:
    night.put_many(range(30))
    await night.through_validation()
    night.turn(max_parallel=8)
    night.slow(0.02)

    first, second = await asyncio.gather(night.submit(1), night.submit(1))

    assert sorted(night.truth().values()) == [1] * 30
    assert first.total + second.total == 30
    assert night.submissions()["ACCEPTED"] == 30


async def test_a_lot_that_is_opened_by_two_tries_at_once_has_one_submission_per_document(night: Night) -> None:
    night.put_many(range(20))
    await night.collect()
    night.plan()
    night.validate()

    await asyncio.gather(*(asyncio.to_thread(night.open) for _ in range(4)))

    assert night.one("SELECT count(*) FROM ledger.submission") == 20


async def test_two_runs_of_one_party_never_collect_side_by_side(night: Night) -> None:
    with (
        connect(night.dsn) as connection,
        party_lock(connection, night.party.id),
        pytest.raises(Busy, match="nordbil: another run"),
    ):
        await night.collect()

    await night.collect()
