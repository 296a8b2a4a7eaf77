"""A submit that is stopped, cancelled, too late or cut off from its warehouse never leads to a second send."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from include.errors import ConfigurationError, ServiceUnavailable
from include.journey import evidence, flight
from include.ledger import sending
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


def end_connection(night: Night, number: int) -> None:
    """Ends the connection to the warehouse that was opened as the `number`-th of those that are open now."""
    night.sql(
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY backend_start OFFSET %s LIMIT 1) x",
        number - 1,
    )


async def test_a_stopped_submit_gives_back_what_never_left_and_leaves_the_rest_undecided(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flight, "DRAIN_SECONDS", 0.3)
    night.put_many(range(12))
    await night.through_validation()
    stop = asyncio.Event()
    night.turn(max_parallel=12, rate_per_second=8.0)
    going = asyncio.create_task(night.send(1, stop=stop))
    await night.until_posts(1)
    night.slow(1.5)
    await night.until_posts(4)

    stop.set()
    with pytest.raises(ServiceUnavailable, match="a retry sends them"):
        await going

    on_the_wire = night.posts
    assert night.submissions()["SENT"] >= 1
    assert night.submissions()["SENT"] + night.submissions()["ACCEPTED"] == on_the_wire < 12
    assert night.submissions()["PENDING"] == 12 - on_the_wire
    night.heal()
    night.turn(rate_per_second=None)
    sent = await night.submit(1)
    await asyncio.sleep(1.5)  # the authority acts for those who left, too
    assert sent.total == 12 - on_the_wire
    assert sorted(night.truth().values()) == [1] * 12
    assert night.posts == 12


async def test_no_more_is_sent_while_more_than_a_group_of_answers_waits_to_be_written(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "GROUP", 5)
    night.put_many(range(40))
    await night.through_validation()
    night.turn(max_parallel=4)
    record, free = sending.record, asyncio.Event()

    async def slowly(*args: Any) -> int:
        if night.submissions()["ACCEPTED"]:
            await free.wait()
        return await record(*args)

    monkeypatch.setattr(sending, "record", slowly)
    going = asyncio.create_task(night.send(1))
    await night.until_posts(6)
    await asyncio.sleep(0.5)

    undecided = night.submissions()["SENT"]
    free.set()
    assert undecided <= 5 + 4
    assert (await going).accepted == night.posts == 40


async def test_answers_that_come_while_a_stopped_submit_drains_are_recorded(night: Night) -> None:
    night.put_many(range(6))
    await night.through_validation()
    stop = asyncio.Event()
    going = asyncio.create_task(night.send(1, stop=stop))
    await night.until_posts(1)
    night.slow(0.3)
    await night.until_posts(3)

    stop.set()
    await asyncio.wait([going])
    going.exception()

    assert night.submissions()["SENT"] == 0
    assert sum(night.truth().values()) == night.submissions()["ACCEPTED"] >= 3


async def test_a_cancelled_try_never_leads_to_a_second_send(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flight, "DRAIN_SECONDS", 0.1)
    night.put_many(range(10))
    await night.through_validation()
    night.turn(max_parallel=4, total_timeout=0.2)
    going = asyncio.create_task(night.send(1))
    await night.until_posts(1)
    night.slow(0.5)
    await night.until_posts(3)

    going.cancel()
    await asyncio.wait([going])
    night.heal()
    night.turn(total_timeout=10)
    await night.submit(1)
    await night.submit(1)
    await asyncio.sleep(0.6)

    assert set(night.truth().values()) == {1}
    assert night.posts == 10


async def test_an_intent_that_has_run_out_is_not_sent_but_given_back(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (flight, sending):
        monkeypatch.setattr(module, "SEND_WITHIN", timedelta(seconds=0.2))
    night.put_many(range(3))
    await night.through_validation()
    night.slow(0.5, "maskinporten")  # the token comes later than the intent may wait

    await night.send(1)

    assert sorted(night.truth().values()) == [1, 1, 1]
    assert night.posts == 3
    ends = night.sql("SELECT outcome, error_class FROM ledger.attempt ORDER BY ended_at")
    assert (ends[0]["outcome"], ends[0]["error_class"]) == ("not_sent", "expired_intent")


async def test_an_intent_names_its_deadline_and_the_moment_its_outcome_counts_as_unknown(night: Night) -> None:
    night.put("a.xml", number=1)
    night.turn(settle_seconds=300, total_timeout=90)
    await night.through_validation()

    await night.send(1)

    row = night.sql(
        "SELECT extract(epoch FROM send_by - sent_at) AS within, extract(epoch FROM settle_until - send_by) AS settle "
        "FROM ledger.submission"
    )[0]
    assert (round(row["within"]), round(row["settle"])) == (10, 390)


async def test_a_sent_row_past_its_settle_time_is_unknown_to_everybody(night: Night) -> None:
    night.put("a.xml", number=1)
    await night.through_validation()
    night.sql(
        "UPDATE ledger.submission SET state = 'SENT', version = 1, owner = 'killed', sent_at = now(), "
        "settle_until = now() - interval '1 second'"
    )

    result = await night.whole("run-2")

    assert night.states() == {"a.xml": "UNKNOWN"}
    assert (result.all_time.unknown, night.posts) == (1, 0)


@pytest.mark.parametrize("connection", [1, 2])
async def test_a_warehouse_connection_that_breaks_in_the_air_leads_to_no_second_send(
    night: Night, connection: int
) -> None:
    night.put_many(range(24))
    await night.through_validation()
    night.turn(max_parallel=2)
    going = asyncio.create_task(night.send(1))
    await night.until_posts(1)
    night.slow(0.05)
    await night.until_posts(5)

    end_connection(night, connection)
    with pytest.raises(ServiceUnavailable, match="warehouse"):
        await going
    night.heal()
    await night.submit(1)
    await asyncio.sleep(0.1)

    assert set(night.truth().values()) == {1}
    assert night.posts <= 24
    assert night.submissions()["PENDING"] == 0


async def test_a_document_that_cannot_be_read_from_the_store_was_not_sent_and_stays_open(night: Night) -> None:
    content_of = night.put("a.xml", number=1)
    await night.through_validation()
    digest = night.one("SELECT sha256 FROM ledger.document")
    night.store._path(digest).unlink()

    assert (await night.send(1)).total == 0
    assert (night.submissions()["PENDING"], night.posts) == (1, 0)
    assert "content store" in night.one("SELECT reason FROM ledger.submission")

    night.store.put(content_of, digest)
    night.heal()
    assert (await night.send(1)).accepted == 1


async def test_while_a_stop_switch_is_set_nothing_is_claimed_and_the_task_ends(night: Night) -> None:
    night.put_many(range(3))
    await night.through_validation()
    night.sql("INSERT INTO ledger.stop_switch VALUES ('vegvesen', '', 'drill', 'Kari Nordmann')")

    async with asyncio.timeout(5):
        with pytest.raises(ConfigurationError, match=r"Kari Nordmann set a stop switch \(drill\)"):
            await night.send(1)

    assert (night.posts, night.submissions()["PENDING"]) == (0, 3)
    night.sql("DELETE FROM ledger.stop_switch")
    assert (await night.send(1)).accepted == 3
