"""What is taken from the inbox, what is left alone, and how files with something wrong end."""

from __future__ import annotations

import pytest

from include.errors import ServiceUnavailable
from include.ivi.samples import sample
from include.sandbox.avgift import AvgiftPattern
from include.sandbox.faults import FaultKind, FaultPlan
from tests.drivers.content import sha
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


async def test_a_half_uploaded_file_stays_untouched_until_it_is_whole(night: Night) -> None:
    content = sample(number=1)
    night.put("half.xml", content[: len(content) // 2])

    await night.whole()
    assert (night.names(), night.posts) == (["half.xml"], 0)
    assert night.states() == {"half.xml": "OPEN"}
    assert night.names("receipts") == []

    night.put("half.xml", content)
    await night.whole("run-2")
    assert night.truth() == {sha(content): 1}
    assert night.names() == []
    assert night.reconcile().all_time.received == 1


async def test_a_file_that_does_not_become_whole_in_time_is_incomplete_and_its_importer_is_told(night: Night) -> None:
    content = sample(number=1)
    night.put("half.xml", content[:500])
    await night.whole()
    night.sql("UPDATE ledger.sighting SET first_seen_at = now() - interval '23 hours'")
    await night.whole("run-2")
    assert night.states() == {"half.xml": "OPEN"}

    night.sql("UPDATE ledger.sighting SET first_seen_at = now() - interval '25 hours'")
    result = await night.whole("run-3")

    assert night.states() == {"half.xml": "INCOMPLETE"}
    assert night.names() == ["half.xml"]
    assert len(night.names("receipts")) == 2
    assert result.all_time.open == 1
    night.run = "run-4"
    await night.collect()
    assert night.plan() == []

    night.put("half.xml", content)
    await night.whole("run-5")
    assert night.truth() == {sha(content): 1}
    assert night.names() == []
    assert night.reconcile().all_time.received == 1


async def test_a_party_sets_how_long_a_file_may_take(night: Night) -> None:
    night.configure(thresholds={"incomplete_hours": 1})
    night.put("half.xml", sample(number=1)[:500])
    await night.whole()
    night.sql("UPDATE ledger.sighting SET first_seen_at = now() - interval '61 minutes'")

    await night.whole("run-2")

    assert night.states() == {"half.xml": "INCOMPLETE"}


async def test_a_fresh_file_must_lie_quiet_before_it_is_taken(night: Night) -> None:
    night.configure(upload="quiet", quiet_seconds=60)
    night.put("a.xml", number=1)

    first = await night.collect()
    assert (first.documents, round(first.wait_seconds)) == (0, 60)
    night.sql(
        "UPDATE ledger.sighting SET stable_since = now() - interval '61 seconds', "
        "first_seen_at = now() - interval '61 seconds'"
    )
    second = await night.collect()

    assert (second.documents, second.wait_seconds) == (1, 0)


async def test_a_file_that_keeps_changing_begins_its_quiet_time_again_and_holds_up_nobody(night: Night) -> None:
    night.configure(upload="quiet", quiet_seconds=60)
    night.put("a.xml", number=1)
    night.put("grows.xml", b"<a>")
    await night.collect()
    night.sql(
        "UPDATE ledger.sighting SET stable_since = now() - interval '61 seconds', "
        "first_seen_at = now() - interval '61 seconds'"
    )
    night.put("grows.xml", b"<a><b>")

    looked = await night.collect()

    assert (looked.documents, looked.wait_seconds) == (1, 0)
    assert night.states() == {"a.xml": "RECEIVED", "grows.xml": "OPEN"}


@pytest.mark.parametrize("name", ["a.xml.part", "a.xml.tmp", ".a.xml", "a.XML.PART"])
async def test_what_its_sender_calls_unfinished_is_not_even_seen(night: Night, name: str) -> None:
    (night.inbox / name).write_bytes(sample(number=1))

    await night.whole()

    assert night.names() == [name]
    assert night.one("SELECT count(*) FROM ledger.sighting") == 0


async def test_a_file_that_was_taken_away_before_it_was_read_is_not_counted(night: Night) -> None:
    night.put("half.xml", sample(number=1)[:500])
    night.put("a.xml", number=2)
    await night.whole()
    (night.inbox / "half.xml").unlink()

    result = await night.whole("run-2")

    assert night.states() == {"half.xml": "WITHDRAWN", "a.xml": "ACCEPTED"}
    assert result.all_time.received == 1
    assert night.one("SELECT received FROM mart.ecoc_daily") == 1

    night.put("half.xml", number=1)
    assert (await night.whole("run-3")).all_time.received == 2


async def test_a_listing_that_ends_in_the_middle_of_reading_takes_the_rest_next_time(night: Night) -> None:
    contents = night.put_many(range(20))
    night.sandbox.knobs.faults["sftp"] = FaultPlan(at={5: FaultKind.LOST_ANSWER})
    with pytest.raises(ServiceUnavailable):
        await night.collect()

    night.heal()
    await night.whole()

    assert night.truth() == {sha(content): 1 for content in contents.values()}
    assert night.reconcile().all_time.received == 20


async def test_the_original_bytes_are_in_the_store_before_anything_else_happens(night: Night) -> None:
    content = night.put("a.xml", number=1)
    await night.collect()

    assert night.store.get(sha(content)) == content
    assert night.names() == ["a.xml"]


async def test_the_daily_table_adds_up_and_equals_the_reconciliation(night: Night) -> None:
    night.put_many(range(6))
    night.put("copy.xml", number=0)
    night.put("bad.xml", b"<x/>")
    night.put("half.xml", sample(number=9)[:400])
    night.fault("lost_answer")
    night.sandbox.avgift.close(AvgiftPattern(variant="V9"))
    night.put("closed.xml", number=7, variant="V9")

    result = await night.whole()

    row = night.sql("SELECT * FROM mart.ecoc_daily")[0]
    columns = ("accepted", "refused", "invalid", "duplicate", "unknown", "open")
    assert row["received"] == sum(row[column] for column in columns) == result.all_time.received == 10
    assert {column: row[column] for column in columns} == {
        column: getattr(result.all_time, column) for column in columns
    }
    assert (row["invalid"], row["duplicate"], row["unknown"], row["open"]) == (1, 1, 1, 1)
    assert row["accepted"] + row["refused"] == 6
