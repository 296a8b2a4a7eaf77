"""A deletion is sent once, named in the surest way, and believed only for a good reason; the truth log is the judge."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from include.errors import ConfigurationError, ServiceUnavailable
from include.ivi.samples import sample
from include.ledger import stop_switch
from include.ledger.warehouse import connect
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

DELETED, UNKNOWN, REGISTERED = "KJORETOY_SLETTET", "UKJENT_UNR_OG_MERKE", "KJORETOY_ER_REGISTRERT"


async def accepted(night: Night, *names: str, asks: bool = False) -> dict[str, dict[str, Any]]:
    """A night that ends with these files accepted; what the mart says of each."""
    night.asks = asks
    for number, name in enumerate(names or ("a.xml",)):
        night.put(name, number=number)
    await night.whole()
    return {name: night.state_of(name) for name in names or ("a.xml",)}


def of_make(make: str, **more: Any) -> bytes:
    """A document of the same vehicle's VIN whatever the make."""
    return sample(number=1, **more).replace(b"<Make>NORDLYS<", f"<Make>{make}<".encode())


@pytest.mark.parametrize("by", ["vin", "ivi_reference", "returned_reference"])
async def test_an_approved_deletion_takes_the_vehicle_back(night: Night, by: str) -> None:
    one = (await accepted(night))["a.xml"]
    posts = night.posts
    result = await night.deleted(str(one[by]).lower() if by == "vin" else one[by])
    assert (result.sentence(), night.posts - posts) == ("nordbil: 1 deleted", 1)
    assert night.deletions() == [DELETED] and night.states() == {"a.xml": "DELETED"}
    row = night.deletion()
    assert (row["state"], row["n"], row["decided_by"], row["approved_by"]) == ("ACCEPTED", 1, "answer", "Ola Nordmann")
    assert (row["meldingskode"], row["ways"][0]) == (f"kjoretoy.coc.{DELETED}", "returned_reference")
    assert night.sql("SELECT outcome, token_fingerprint IS NOT NULL AS t FROM ledger.attempt WHERE submission_id = %s",
                     row["id"]) == [{"outcome": "accepted", "t": True}]  # fmt: skip
    night.reconcile().raise_if_broken()


async def test_nothing_leaves_without_an_approval(night: Night) -> None:
    one = (await accepted(night))["a.xml"]
    posts = night.posts
    assert night.ask_deletion(one["vin"]) == [one["vin"]]
    assert (await night.delete()).sentence() == "nordbil: no deletion to send"
    assert night.posts == posts and night.states() == {"a.xml": "ACCEPTED"}


async def test_each_step_three_times_sends_once(night: Night) -> None:
    one = (await accepted(night))["a.xml"]
    posts = night.posts
    for _ in range(3):
        night.ask_deletion(one["vin"])
        night.ask_deletion(one["vin"])
    for _ in range(3):
        night.approve_deletion()
    for _ in range(3):
        await night.delete()
    for _ in range(3):
        night.ask_deletion(one["vin"])
        night.approve_deletion()
        await night.delete()
    assert night.posts - posts == 1 and night.deletions() == [DELETED]


async def test_the_same_content_may_come_again_after_its_deletion(night: Night) -> None:
    content = night.put("a.xml", number=1)
    await night.whole()
    await night.deleted(night.state_of("a.xml")["vin"])
    night.put("again.xml", content)
    await night.whole("run-2")
    assert night.states() == {"a.xml": "DELETED", "again.xml": "ACCEPTED"}
    assert night.one("SELECT max(n) FROM ledger.submission WHERE operation = 'opprette'") == 2
    await night.deleted(night.state_of("again.xml")["vin"], run="del-2")
    assert night.deletions() == [DELETED] * 2 and night.states()["again.xml"] == "DELETED"
    assert night.one("SELECT max(n) FROM ledger.submission WHERE operation = 'slette'") == 2


async def test_a_registered_vehicle_is_blocked_in_a_plain_sentence(night: Night) -> None:
    one = (await accepted(night))["a.xml"]
    night.sandbox.vehicles.register(one["vin"])
    result = await night.deleted(one["vin"])
    assert result.sentence() == "nordbil: 1 refused" and night.deletions() == [REGISTERED]
    assert "registered or under registration" in night.deletion()["reason"]
    assert night.states() == {"a.xml": "ACCEPTED"}


async def test_what_the_authority_does_not_know_is_never_taken_for_deleted(night: Night) -> None:
    """UKJENT_UNR_OG_MERKE at the first try: every way is tried, then a person is asked."""
    one = (await accepted(night))["a.xml"]
    night.sandbox.vehicles.clear()
    result = await night.deleted(one["vin"])
    assert result.states == {"PENDING": 2, "NEEDS_PERSON": 1}
    assert night.deletions() == [UNKNOWN] * 3  # by reference, by VIN, by VIN and make
    assert night.deletion()["ways"] == ["returned_reference", "vin", "vin_merkekode"]
    assert night.states() == {"a.xml": "ACCEPTED"} and "does not know it by" in night.deletion()["reason"]
    posts = night.posts
    await night.delete()
    assert night.posts == posts


async def test_a_reference_that_the_authority_lost_is_followed_by_the_vin(night: Night) -> None:
    one = (await accepted(night))["a.xml"]
    night.sandbox.vehicles._by_reference.clear()
    assert (await night.deleted(one["vin"])).states["ACCEPTED"] == 1
    assert night.deletions() == [UNKNOWN, DELETED]


async def test_two_makes_under_one_vin_are_told_apart_by_the_make(night: Night) -> None:
    """The VIN alone would name both; so it is never used, and with the reference lost the make decides."""
    night.put("opel.xml", of_make("OPEL"))
    await night.whole()
    vin = night.state_of("opel.xml")["vin"]
    night.put("adria.xml", of_make("ADRIA", reference="adria-1"))
    await night.whole("run-2")
    assert night.states()["adria.xml"] == "HELD"
    night.sql("UPDATE ledger.document SET released_by = 'Kari' WHERE make = 'ADRIA'")
    await night.whole("run-3")
    assert night.states() == {"opel.xml": "ACCEPTED", "adria.xml": "ACCEPTED"}

    assert night.ask_deletion(vin, run="vin") == []
    assert "give the reference of the right one" in night.one("SELECT sentence FROM ledger.deletion_request")
    night.sandbox.vehicles._by_reference.clear()
    await night.deleted("adria-1", run="ref")

    assert night.deletion()["ways"] == ["returned_reference", "vin_merkekode"]
    assert night.deletions() == [UNKNOWN, DELETED]
    assert night.sandbox.truth()[-1]["ref"] == "adria-1"
    assert night.states() == {"opel.xml": "ACCEPTED", "adria.xml": "DELETED"}


async def test_the_make_of_a_form_chooses_among_several(night: Night) -> None:
    night.put("opel.xml", of_make("OPEL"))
    night.put("adria.xml", of_make("ADRIA", reference="adria-1"))
    await night.whole()
    night.sql("UPDATE ledger.document SET released_by = 'Kari'")
    await night.whole("run-2")
    vin, code = night.state_of("adria.xml")["vin"], night.state_of("adria.xml")["merkekode"]
    await night.deleted(vin, run="make", merkekode=code)
    assert night.states() == {"opel.xml": "ACCEPTED", "adria.xml": "DELETED"}
    assert night.ask_deletion(vin, run="wrong", merkekode="1") == []


async def test_a_stop_switch_holds_deletions_too(night: Night) -> None:
    one = (await accepted(night))["a.xml"]
    night.ask_deletion(one["vin"])
    night.approve_deletion()
    with connect(night.dsn) as connection:
        stop_switch.stop(connection, "vegvesen", "", reason="feil hos oss", by="Kari")
    posts = night.posts
    with pytest.raises(ConfigurationError, match="1 deletions wait: Kari set a stop switch"):
        await night.delete()
    assert night.posts == posts
    with connect(night.dsn) as connection:
        stop_switch.go(connection, "vegvesen", "", reason="", by="Kari")
    assert (await night.delete()).states["ACCEPTED"] == 1


async def test_a_task_that_was_asked_to_stop_sends_nothing(night: Night) -> None:
    one = (await accepted(night))["a.xml"]
    night.ask_deletion(one["vin"])
    night.approve_deletion()
    stop = asyncio.Event()
    stop.set()
    posts = night.posts
    with pytest.raises(ServiceUnavailable, match="asked to stop: 1 deletions"):
        await night.delete(stop=stop)
    assert night.posts == posts and night.deletion()["state"] == "PENDING"


async def test_two_tasks_at_once_send_each_deletion_once(night: Night) -> None:
    found = await accepted(night, *(f"{number}.xml" for number in range(6)))
    night.ask_deletion(*(one["vin"] for one in found.values()))
    night.approve_deletion()
    await asyncio.gather(*(night.delete(owner=f"worker-{number}") for number in range(3)))
    assert night.deletions() == [DELETED] * 6 and set(night.states().values()) == {"DELETED"}


async def test_a_wrong_form_of_the_path_deletes_nothing_and_stops_with_a_sentence(night: Night) -> None:
    one = (await accepted(night))["a.xml"]
    night.turn(delete_by_merkekode_path="/slette/merke/{vin}/{merkekode}")
    night.sandbox.vehicles.clear()
    with pytest.raises(ConfigurationError, match="404"):
        await night.deleted(one["vin"])
    assert night.deletion()["state"] == "PENDING" and night.deletion()["way_no"] == 2
