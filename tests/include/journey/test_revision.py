"""A correction of an accepted document: held for a person, or after an approved deletion sent in its place."""

from __future__ import annotations

import pytest

from include.ivi.samples import sample, sample_correction
from include.ledger import deletion_requests
from include.ledger.warehouse import connect
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

FIRST, LATER = sample_correction(number=1, overrides={})
SAME_REFERENCE = sample(number=1, pad_to=20_000)


def offered(night: Night, run: str) -> list[deletion_requests.Offered]:
    with connect(night.dsn) as connection:
        return deletion_requests.offer(connection, night.party.id, night.party.sender, run)


async def corrected(night: Night, content: bytes) -> None:
    night.put("first.xml", FIRST)
    await night.whole()
    night.put("later.xml", content)
    await night.whole("run-2")
    assert night.states() == {"first.xml": "ACCEPTED", "later.xml": "HELD"}


@pytest.mark.parametrize("content", [LATER, SAME_REFERENCE], ids=["same VIN", "same reference"])
async def test_a_correction_is_held_for_a_person_and_nothing_is_asked_to_be_deleted(
    night: Night, content: bytes
) -> None:
    await corrected(night, content)
    assert offered(night, "del-1") == [] and night.one("SELECT count(*) FROM ledger.deletion_request") == 0


@pytest.mark.parametrize("content", [LATER, SAME_REFERENCE], ids=["same VIN", "same reference"])
async def test_with_replace_the_accepted_one_is_deleted_after_an_approval_and_the_correction_sent(
    night: Night, content: bytes
) -> None:
    night.configure(revision="replace")
    await corrected(night, content)
    await night.whole("run-3")  # asking again asks for nothing twice
    (one,) = offered(night, "del-1")
    assert (one.source, one.file_name) == ("revision", "first.xml") and "later.xml" in one.reason
    posts = night.posts
    await night.delete()
    assert night.posts == posts, "nothing leaves before the approval"
    assert "waits for an approval" in night.state_of("later.xml")["reason"]

    night.approve_deletion("del-1")
    await night.whole("run-4")
    assert night.states()["later.xml"] == "HELD", "the deletion is not decided yet"
    await night.delete()
    await night.whole("run-5")
    assert night.states() == {"first.xml": "DELETED", "later.xml": "ACCEPTED"}
    assert [line["result"] for line in night.sandbox.truth() if line["service"] == "vegvesen"] == [
        "KJORETOY_OPPRETTET",
        "KJORETOY_SLETTET",
        "KJORETOY_OPPRETTET",
    ]
    assert offered(night, "del-2") == []


async def test_a_declined_deletion_leaves_the_correction_held(night: Night) -> None:
    night.configure(revision="replace")
    await corrected(night, LATER)
    offered(night, "del-1")
    with connect(night.dsn) as connection:
        deletion_requests.decline(connection, "nordbil", "del-1", by="Kari")
    await night.whole("run-3")
    assert offered(night, "del-2") == [] and night.states()["later.xml"] == "HELD"
    reason = night.state_of("later.xml")["reason"]
    assert "its deletion for this one was declined. Ask for the deletion anew (DAG ecoc_deletion)" in reason


async def test_a_released_correction_still_waits_for_a_deletion_under_way(night: Night) -> None:
    await corrected(night, LATER)
    vin = night.state_of("first.xml")["vin"]
    night.ask_deletion(night.state_of("first.xml")["ivi_reference"])
    night.approve_deletion()
    night.sql("UPDATE ledger.document SET released_by = 'Kari'")
    await night.whole("run-3")
    assert night.states()["later.xml"] == "HELD"
    assert "a deletion for the same VIN" in night.state_of("later.xml")["reason"]
    await night.delete()
    await night.whole("run-4")
    assert night.states() == {"first.xml": "DELETED", "later.xml": "ACCEPTED"}
    assert [vehicle.vin for vehicle in night.sandbox.vehicles._by_vin[vin]] == [vin]


async def _again_with(night: Night, code: str) -> None:
    night.put("first.xml", FIRST)
    await night.whole()
    night.put("again.xml.json", f'{{"avgiftsKode": "{code}"}}'.encode())
    night.put("again.xml", FIRST)
    await night.whole("run-2")


async def test_the_same_content_with_the_same_code_is_a_duplicate(night: Night) -> None:
    await _again_with(night, "101")
    assert night.states() == {"first.xml": "ACCEPTED", "again.xml": "DUPLICATE"}


@pytest.mark.parametrize("revision", ["hold", "replace"])
async def test_the_same_content_with_another_avgiftskode_waits_for_the_deletion_of_the_accepted_one(
    night: Night, revision: str
) -> None:
    night.configure(revision=revision)
    await _again_with(night, "106")
    assert night.states() == {"first.xml": "ACCEPTED", "again.xml": "HELD"} and night.names() == [
        "again.xml",
        "again.xml.json",
    ]
    assert "accepted with avgiftsKode 101, and comes now with avgiftsKode 106" in night.state_of("first.xml")["reason"]
    posts = night.posts
    await night.whole("run-3")
    assert night.posts == posts

    if revision == "hold":
        night.ask_deletion(night.state_of("first.xml")["vin"])
    else:
        assert [one.source for one in offered(night, "del-1")] == ["revision"]
    night.approve_deletion()
    await night.delete()
    await night.whole("run-4")
    assert night.states() == {"first.xml": "DELETED", "again.xml": "ACCEPTED"} and night.names() == []
    assert night.state_of("again.xml")["avgiftskode"] == "106"
    assert night.truth().total() == 2


async def test_another_avgiftskode_in_the_manifest_row_of_its_vin_is_a_revision_once_it_comes_again(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    night.put("first.xml", FIRST)
    await night.whole()
    vin = night.state_of("first.xml")["vin"]
    night.put("manifest.csv", f"vin,avgiftsKode\n{vin},106\n".encode())
    night.put("other.xml", sample(number=2))
    await night.whole("run-2")
    assert f"avgiftsKode 106 for VIN {vin}, which is accepted with avgiftsKode 101" in caplog.text
    night.put("again.xml", FIRST)
    await night.whole("run-3")
    assert night.states() == {"first.xml": "ACCEPTED", "other.xml": "ACCEPTED", "again.xml": "HELD"}
    assert "accepted with avgiftsKode 101, and comes now with avgiftsKode 106" in night.state_of("first.xml")["reason"]


async def test_the_manifest_row_that_was_there_before_the_sending_is_no_revision(night: Night) -> None:
    night.put("first.xml", FIRST)
    await night.whole()
    vin = night.state_of("first.xml")["vin"]
    night.sql(
        "INSERT INTO ledger.classification (party, vin, fields, seen_at) "
        "VALUES ('nordbil', %s, '{\"avgiftsKode\": \"106\"}', now() - interval '1 day')",
        vin,
    )
    night.put("again.xml", FIRST)
    await night.whole("run-2")
    assert night.states() == {"first.xml": "ACCEPTED", "again.xml": "DUPLICATE"}


async def test_the_same_content_says_so_when_the_deletion_for_its_new_code_was_declined(night: Night) -> None:
    night.configure(revision="replace")
    await _again_with(night, "106")
    (one,) = offered(night, "del-1")
    assert one.source == "revision"
    with connect(night.dsn) as connection:
        deletion_requests.decline(connection, "nordbil", "del-1", by="Kari")
    await night.whole("run-3")
    assert night.states() == {"first.xml": "ACCEPTED", "again.xml": "HELD"}
    assert "its deletion for this one was declined" in night.state_of("first.xml")["reason"]
