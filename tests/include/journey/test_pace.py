"""One document first, never more in flight than allowed, slower when asked, and nobody starves."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from include.journey import flight, sharing
from include.ledger import sending
from include.sandbox.avgift import AvgiftPattern
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


def created_at(night: Night) -> list[datetime]:
    return [datetime.fromisoformat(line["t"]) for line in night.sandbox.truth() if line["op"] == "opprette"]


#: In a list of faults: a request that goes well.
GOOD = "late_accept"


async def test_a_request_to_slow_down_is_honoured_and_the_document_sent_after_it(night: Night) -> None:
    night.turn(max_parallel=1)
    night.put_many(range(4))
    await night.through_validation()
    night.fault(GOOD, "rate_limited", slow_seconds=0.0, retry_after=1)

    sent = await night.send()

    assert (sent.accepted, sent.not_sent) == (4, 1)
    assert sorted(night.truth().values()) == [1, 1, 1, 1]
    pauses = [(after - before).total_seconds() for before, after in pairwise(created_at(night))]
    assert pauses[0] >= 0.95
    assert max(pauses[1:]) < 0.9


async def test_the_last_documents_of_a_lot_are_not_left_behind_when_they_were_told_to_wait(night: Night) -> None:
    night.put_many(range(4))
    await night.through_validation()
    night.fault(GOOD, *["rate_limited"] * 3, slow_seconds=0.0, retry_after=0)

    sent = await night.send()

    assert night.submissions() == {"ACCEPTED": 4}
    assert sent.not_sent == 3


async def test_each_run_sends_one_document_first_and_the_rest_after_its_answer(night: Night) -> None:
    night.configure(lot_size=4)
    night.put_many(range(12))
    await night.through_validation()
    seen = night.watch(0.15)

    await asyncio.gather(*(night.send(lot) for lot in (1, 2, 3)))

    assert seen.events[:2] == ["begins", "ends"]
    assert seen.peak > 1
    assert sorted(night.truth().values()) == [1] * 12


async def test_a_lot_whose_first_document_is_refused_goes_on(night: Night) -> None:
    night.sandbox.avgift.close(AvgiftPattern(avgiftskode="101"))
    night.put_many(range(4))
    await night.through_validation()

    assert (await night.send()).refused == 4


async def test_a_lot_with_nothing_to_send_lets_another_lot_go_first(night: Night) -> None:
    night.configure(lot_size=2)
    night.put_many(range(4))
    await night.through_validation()
    night.sql("DELETE FROM ledger.submission WHERE lot_no = 1")

    first, second = await asyncio.gather(night.send(1), night.send(2))

    assert (first.total, second.accepted) == (0, 2)


async def test_the_probe_of_a_killed_lot_is_taken_over(night: Night) -> None:
    night.put_many(range(2))
    await night.through_validation()
    night.sql(
        "INSERT INTO ledger.run_gate (party, run_id, state, owner, until) VALUES ('nordbil', 'run-1', 'probing', "
        "'killed', now() + interval '1 second')"
    )

    assert (await night.send()).accepted == 2


@pytest.mark.parametrize("parallel", [1, 4, 5])
async def test_two_lots_at_once_never_have_more_in_flight_than_the_authority_allows(
    night: Night, monkeypatch: pytest.MonkeyPatch, parallel: int
) -> None:
    monkeypatch.setattr(sharing, "RENEW_SECONDS", 0.05)
    night.configure(lot_size=20)
    night.turn(max_parallel=parallel)
    night.put_many(range(40))
    await night.through_validation()
    seen = night.watch(0.03)

    await asyncio.gather(night.send(1), night.send(2))

    assert parallel - 1 <= seen.peak <= parallel  # of five slots two lots take two each
    assert sorted(night.truth().values()) == [1] * 40
    assert night.one("SELECT count(*) FROM ledger.lease") == 0


async def test_a_small_lot_does_not_wait_for_a_large_one_to_end(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "RENEW_SECONDS", 0.05)
    night.configure(lot_size=60)
    night.turn(max_parallel=4)
    night.put_many(range(62))
    await night.through_validation()
    night.slow(0.04)
    large = asyncio.create_task(night.send(1))
    await night.until_posts(3)

    await night.send(2)

    assert not large.done()
    assert night.one("SELECT count(*) FROM ledger.submission WHERE lot_no = 1 AND state = 'PENDING'") > 10
    await large


@pytest.mark.parametrize("documents", [1, 3])
async def test_a_token_that_ends_in_the_middle_is_renewed_and_nothing_sent_twice(night: Night, documents: int) -> None:
    night.sandbox.knobs.token_documents = documents
    night.turn(max_parallel=1)
    night.put_many(range(8))

    result = await night.whole()

    assert result.run.accepted == 8
    assert sorted(night.truth().values()) == [1] * 8


async def test_documents_whose_turn_ran_out_in_the_air_are_sent_by_the_same_try(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (flight, sending):
        monkeypatch.setattr(module, "SEND_WITHIN", timedelta(seconds=0.3))
    night.sandbox.knobs.token_documents = 2
    night.put_many(range(5))
    await night.through_validation()
    night.slow(0.5, "maskinporten")  # each new token comes too late for those who wait for it

    sent = await night.send()

    assert sorted(night.truth().values()) == [1] * 5
    assert sent.not_sent >= 2
