"""Lists in deletions/: read once, filed away, each row answered in a receipt; and what a request can come to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.drop.drop import Drop
from include.journey.deletion_lists import collect_lists, tell
from include.ledger import deletion_requests
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect, now_of
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


async def look(night: Night, run: str = "del-1") -> list[str]:
    """The task find: lists are read and matched, receipts written; the keys that wait for an approval."""
    with connect(night.dsn) as connection:
        name_party(connection, night.party.id, night.party.name, night.party.organisation_number, "Europe/Oslo")
        async with Drop(night.drop_settings) as drop:
            await collect_lists(connection, drop, night.store, night.party)
            offered = deletion_requests.offer(connection, night.party.id, night.party.sender, run)
            await tell(connection, drop, night.party, now_of(connection))
    return [one.key for one in offered]


async def told(night: Night) -> int:
    with connect(night.dsn) as connection:
        async with Drop(night.drop_settings) as drop:
            return await tell(connection, drop, night.party, now_of(connection))


def drop_list(night: Night, name: str, content: bytes) -> None:
    folder = night.folder / "deletions"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def receipt(night: Night, name: str) -> dict[str, Any]:
    (path,) = (night.folder / "receipts").glob(f"{name}.*.json")
    return dict(json.loads(path.read_text("utf-8")))


async def accepted(night: Night, number: int) -> list[str]:
    night.put_many(range(number))
    await night.whole()
    rows = night.sql("SELECT vin FROM mart.ecoc_document ORDER BY vin")
    return [row["vin"] for row in rows]


async def test_a_list_is_read_filed_and_answered_row_by_row(night: Night) -> None:
    first, second = await accepted(night, 2)
    drop_list(night, "slett disse.csv", f"vin;begrunnelse\n{first};Feil\n???;x\nZZ9SV0000TS000099;x\n".encode())
    assert await look(night) == [first]
    assert night.names("deletions") == [] and [name[13:] for name in night.names("archive") if "slett" in name] == [
        "slett_disse.csv"
    ]
    rows = {row["row"]: (row["state"], row["reason"]) for row in receipt(night, "slett_disse.csv")["rows"]}
    assert rows[2] == ("ASKED", None)
    assert rows[3][0] == "IMPOSSIBLE" and "neither a reference nor a VIN" in rows[3][1]
    assert rows[4][0] == "IMPOSSIBLE" and "only the sender of a vehicle can delete it" in rows[4][1]

    night.approve_deletion()
    await night.delete()
    assert await told(night) == 2  # the list, and the document
    assert [row["state"] for row in receipt(night, "slett_disse.csv")["rows"]] == [
        "DELETED",
        "IMPOSSIBLE",
        "IMPOSSIBLE",
    ]
    document = receipt(night, "0.xml")
    assert (document["state"], document["exact_state"], document["vin"]) == ("deleted", "DELETED", first)
    assert receipt(night, "1.xml")["state"] == "accepted" and night.state_of("1.xml")["vin"] == second
    assert await told(night) == 0
    text = next((night.folder / "receipts").glob("slett_disse.csv.*.txt")).read_text("utf-8")
    assert "3 rader: 2 kan ikke slettes, 1 slettet." in text


async def test_reading_twice_asks_once_and_the_same_list_again_says_that_it_is_done(night: Night) -> None:
    (vin,) = await accepted(night, 1)
    drop_list(night, "a.txt", vin.encode())
    await look(night)
    await look(night)
    assert night.one("SELECT count(*) FROM ledger.deletion_request") == 1
    night.approve_deletion()
    await night.delete()
    drop_list(night, "a.txt", vin.encode())
    assert await look(night, "del-2") == []
    assert night.sql("SELECT state, sentence FROM ledger.deletion_request ORDER BY id DESC LIMIT 1") == [
        {"state": "IMPOSSIBLE", "sentence": f"{vin}: it is deleted already; there is nothing to do."}
    ]


@pytest.mark.parametrize(("name", "content"), [("a.pdf", b"%PDF"), ("b.csv", b""), ("c\n.csv", b"vin\nx\n")])
async def test_a_list_that_cannot_be_read_is_set_aside_with_a_receipt(night: Night, name: str, content: bytes) -> None:
    drop_list(night, name, content)
    assert await look(night) == []
    assert night.names("deletions") == [] and len(night.names("rejected")) == 1
    (path,) = (night.folder / "receipts").glob("*.json")
    found = json.loads(path.read_text("utf-8"))
    assert found["state"] == "unreadable" and found["reason"] and found["rows"] == []


async def test_a_list_that_still_grows_is_left_alone(night: Night) -> None:
    (vin,) = await accepted(night, 1)
    night.configure(upload="quiet", quiet_seconds=60)
    drop_list(night, "a.txt", vin.encode())
    drop_list(night, "b.txt.part", vin.encode())
    assert await look(night) == [] and night.names("deletions") == ["a.txt", "b.txt.part"]
    night.sql("UPDATE ledger.deletion_list SET stable_since = now() - interval '61 seconds'")
    drop_list(night, "a.txt", f"{vin}\n".encode())
    assert await look(night) == [], "it changed, so its quiet time begins anew"
    night.sql("UPDATE ledger.deletion_list SET stable_since = now() - interval '61 seconds'")
    assert await look(night) == [vin]


async def test_what_was_put_in_a_lists_place_meanwhile_is_a_new_list(night: Night, monkeypatch: Any) -> None:
    first, second = await accepted(night, 2)
    drop_list(night, "a.txt", first.encode())
    plan = deletion_requests.ask

    def overwriting(*args: Any, **kwargs: Any) -> int:
        drop_list(night, "a.txt", second.encode())
        monkeypatch.setattr(deletion_requests, "ask", plan)
        return plan(*args, **kwargs)

    monkeypatch.setattr(deletion_requests, "ask", overwriting)
    assert await look(night) == [first]
    assert night.names("deletions") == ["a.txt"]
    assert await look(night) == [first, second]
    assert night.names("deletions") == []


async def test_without_a_folder_there_is_nothing_to_do(night: Night) -> None:
    assert await look(night) == []


async def test_a_vin_that_is_not_that_of_the_reference_is_refused(night: Night) -> None:
    first, second = await accepted(night, 2)
    reference = night.one("SELECT ivi_reference FROM mart.ecoc_document WHERE vin = %s", first)
    drop_list(night, "a.csv", f"reference;vin\n{reference};{second}\n{reference};{first}\n".encode())
    assert await look(night) == [reference]
    assert "its VIN is not" in night.one("SELECT sentence FROM ledger.deletion_request WHERE row_no = 2")


async def test_another_partys_vehicle_is_answered_as_one_that_nobody_knows(night: Night) -> None:
    """Neither learns of the other: the sentences differ in nothing but the vehicle."""
    (vin,) = await accepted(night, 1)
    night.sql("INSERT INTO ledger.party (id, name, organisation_number) VALUES ('other', 'Other', '310000027')")
    with connect(night.dsn) as connection:
        wishes = [deletion_requests.Wish(row_no=n, key=key, reason="x") for n, key in enumerate((vin, "UNKNOWN1"))]
        deletion_requests.ask(connection, "other", wishes, asked_by="Other", run_id="r")
        assert deletion_requests.offer(connection, "other", "310000027", "r") == []
    rows = night.sql("SELECT key, sentence FROM ledger.deletion_request ORDER BY row_no")
    assert len({row["sentence"].replace(row["key"], "") for row in rows}) == 1


async def test_what_was_sent_in_another_name_is_not_deleted(night: Night) -> None:
    (vin,) = await accepted(night, 1)
    night.configure(access="supplier", consumer_org="310000027")
    posts = night.posts
    assert night.ask_deletion(vin) == [] and night.posts == posts
    assert "only its sender can delete it" in night.one("SELECT sentence FROM ledger.deletion_request")


async def test_a_deletion_waits_until_the_creation_is_decided(night: Night) -> None:
    night.asks = True
    night.put("a.xml", number=1)
    await night.through_validation()
    vin = night.one("SELECT vin FROM ledger.document")
    night.fault("lost_answer")
    await night.send()
    night.heal()
    assert night.ask_deletion(vin, run="del-1") == []
    assert night.sql("SELECT state, sentence FROM ledger.deletion_request") == [
        {"state": "WAITING", "sentence": f"{vin}: its creation is not decided yet; the deletion waits until it is."}
    ]
    night.settle()
    await night.resolve()
    assert await look(night, "del-2") == [], "a form's vehicles are asked about in its own run"
    assert night.ask_deletion(run="del-1") == [vin]
    night.sql("UPDATE ledger.deletion_request SET offered_run = NULL, asked_at = now() - interval '61 minutes'")
    assert await look(night, "del-3") == [vin]


async def test_a_declined_deletion_deletes_nothing_and_says_who_declined(night: Night) -> None:
    (vin,) = await accepted(night, 1)
    drop_list(night, "a.txt", vin.encode())
    await look(night)
    with connect(night.dsn) as connection:
        assert deletion_requests.decline(connection, "nordbil", "del-1", by="Kari Nordmann") == 1
        assert deletion_requests.approve(connection, "nordbil", night.party.sender, "del-1", by="Ola") == 0
    posts = night.posts
    await night.delete()
    await told(night)
    assert night.posts == posts and receipt(night, "a.txt")["rows"][0]["state"] == "DECLINED"
    assert night.one("SELECT approved_by FROM mart.ecoc_deletion") == "Kari Nordmann"


async def test_what_another_run_offered_is_left_to_it_for_a_week(night: Night) -> None:
    (vin,) = await accepted(night, 1)
    assert night.ask_deletion(vin, run="del-1") == [vin]
    assert await look(night, "del-2") == []
    with connect(night.dsn) as connection:
        over = deletion_requests.offer(connection, "nordbil", night.party.sender, "del-3", take_over=True)
    assert [one.key for one in over] == [vin]
    assert night.approve_deletion("del-1") == 0, "the run that lost it approves nothing"
    assert night.approve_deletion("del-3") == 1
