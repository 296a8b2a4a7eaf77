"""Nobody meets silence: every file has a receipt, which is replaced when its state moves on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.ivi.samples import sample
from include.journey import file_away
from include.ledger.refused import RefusedSelection, send_again
from include.ledger.warehouse import connect
from include.sandbox.avgift import AvgiftPattern
from tests.drivers.content import sha, zipped
from tests.drivers.night import CLOSED, Night

pytestmark = pytest.mark.postgres


def receipt(night: Night, content: bytes) -> dict[str, Any]:
    (path,) = (night.folder / "receipts").glob(f"*.{sha(content)[:12]}.json")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


async def test_an_archive_is_moved_when_its_last_member_is_decided_and_rejected_if_one_was_bad(night: Night) -> None:
    night.sandbox.avgift.close(AvgiftPattern(type_approval=CLOSED))
    members = {
        "good": sample(number=1),
        "lost": sample(number=2),
        "bad": b"<x/>",
        "closed": sample(number=3, type_approval=CLOSED),
    }
    night.turn(max_parallel=1)
    night.asks = True
    archive = night.put("all.zip", zipped(**members))
    await night.collect()
    night.plan()
    night.validate()
    night.open()
    night.fault("lost_answer")
    await night.send()
    await night.file()

    assert night.names() == ["all.zip"]  # one member's end is unknown
    ends = sorted(night.states().values())
    assert ends.count("INVALID") == ends.count("UNKNOWN") == 1
    assert len(night.names("receipts")) == 8

    night.settle()
    await night.resolve()
    await night.whole("run-2")

    assert night.names() == []
    assert night.contents("rejected") == {night.names("rejected")[0]: archive}
    assert night.reconcile().all_time.received == 4


@pytest.mark.parametrize("bad", range(5))
async def test_every_member_of_an_archive_is_told_though_it_is_filed_in_several_groups(
    night: Night, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    monkeypatch.setattr(file_away, "GROUP", 2)
    night.configure(lot_size=3)
    members = {f"m{n}": b"<x/>" if n == bad else sample(number=n) for n in range(5)}
    archive = night.put("all.zip", zipped(**members))
    for lot in await night.through_validation():
        await night.send(lot.lot)

    await night.file(2)  # the second lot's task comes first and has nothing to move yet, or has
    await night.file(1)
    await night.file(2)
    await night.whole("run-2")

    assert list(night.contents("rejected").values()) == [archive]
    assert night.names("archive") == night.names() == []
    assert len(night.names("receipts")) == 10
    assert night.one("SELECT count(*) FROM ledger.sighting WHERE filed_at IS NULL OR receipt_state IS NULL") == 0


async def test_a_receipt_that_cannot_be_written_is_written_by_the_next_try(night: Night) -> None:
    content = night.put("a.xml", number=1)
    await night.through_sending()
    (night.folder / "receipts").write_bytes(b"a file where a folder should be")

    assert (await night.file()).failed == 1
    (night.folder / "receipts").unlink()
    assert (await night.file()).told == 1

    assert receipt(night, content)["state"] == "accepted"


async def test_a_receipt_says_where_the_file_lies_now(night: Night) -> None:
    content = night.put("a.xml", number=1)

    await night.whole()

    (place,) = (night.folder / "archive").rglob("*.xml")
    assert receipt(night, content)["filed_as"] == str(place.relative_to(night.sandbox.drop_root))


async def test_a_new_file_of_the_same_name_is_not_taken_for_an_archive_that_was_moved(night: Night) -> None:
    night.configure(lot_size=3)
    first = night.put("all.zip", zipped(**{f"m{n}": sample(number=n) for n in range(5)}))
    for lot in await night.through_validation():
        await night.send(lot.lot)
    await night.file(1)
    second = night.put("all.zip", zipped(x=sample(number=10)))

    filed = await night.file(2)

    assert filed.came_back == 0
    assert night.contents("inbox") == {"all.zip": second}
    assert list(night.contents("archive").values()) == [first]
    await night.whole("run-2")
    assert sorted(night.contents("archive").values()) == sorted([first, second])


async def test_an_archive_larger_than_the_largest_document_is_filed_like_any_other(night: Night) -> None:
    night.configure(max_bytes=25_000)
    archive = night.put("large.zip", zipped(**{f"m{n}": sample(number=n, pad_to=20_000) for n in range(5)}))

    await night.whole()
    await night.whole("run-2")

    assert list(night.contents("archive").values()) == [archive]
    assert night.names() == []
    assert sum(night.truth().values()) == 5


async def test_a_receipt_for_an_unknown_end_is_replaced_when_it_is_decided(night: Night) -> None:
    content = night.put("a.xml", number=1)
    night.put("b.xml", number=2)
    night.asks = True
    night.fault("lost_answer", "lost_answer")
    await night.whole()
    assert receipt(night, content)["state"] == "unknown"

    night.settle()
    await night.resolve()
    await night.whole("run-2")

    assert receipt(night, content)["state"] == "accepted"
    assert night.names() == []
    assert len(night.names("receipts")) == 4


async def test_a_receipt_for_a_refusal_is_replaced_when_it_was_sent_again_and_the_file_moves_over(night: Night) -> None:
    night.sandbox.avgift.close(AvgiftPattern(type_approval=CLOSED))
    content = night.put("a.xml", number=1, type_approval=CLOSED)
    await night.whole()
    assert receipt(night, content)["state"] == "refused"
    assert len(night.names("rejected")) == 1

    night.sandbox.avgift.clear()
    with connect(night.dsn) as connection:
        send_again(connection, "nordbil", "again", RefusedSelection(file_name="a.xml"))
        connection.commit()
    await night.whole("run-2")

    assert receipt(night, content)["state"] == "accepted"
    assert night.names("rejected") == []
    assert list(night.contents("archive").values()) == [content]


async def test_nothing_unfinished_is_ever_left_in_the_receipts(night: Night) -> None:
    night.put_many(range(10))
    await night.whole()

    assert [name for name in night.names("receipts") if not name.endswith((".json", ".txt"))] == []
