"""A deletion whose outcome nobody knows: settled by the register, sent once more at most, never believed too early."""

from __future__ import annotations

from typing import Any

import pytest

from include.ledger import deciding
from include.ledger.warehouse import connect
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

DELETED, UNKNOWN = "KJORETOY_SLETTET", "UKJENT_UNR_OG_MERKE"


async def accepted(night: Night, *, asks: bool = False) -> str:
    """A night that ends with one document accepted; its VIN."""
    night.asks = asks
    night.put("a.xml", number=0)
    await night.whole()
    return str(night.state_of("a.xml")["vin"])


async def lost(night: Night, kind: str, *, asks: bool = True) -> str:
    """Its deletion is approved and sent, and no answer comes."""
    vin = await accepted(night, asks=asks)
    night.ask_deletion(vin)
    night.approve_deletion()
    night.fault(kind)
    assert (await night.delete()).sentence() == "nordbil: 1 unknown"
    night.heal()
    return vin


@pytest.mark.parametrize("kind", ["lost_answer", "error_after_accept", "cut_body"])
async def test_a_lost_answer_is_settled_by_the_register(night: Night, kind: str) -> None:
    await lost(night, kind)
    posts = night.posts
    await night.delete()
    assert night.posts == posts, "an unknown deletion was sent again blindly"
    night.settle()
    await night.resolve()
    assert night.deletion()["state"] == "ACCEPTED" and night.deletion()["decided_by"] == "lookup"
    assert night.states() == {"a.xml": "DELETED"} and night.deletions() == [DELETED]
    assert night.one("SELECT count(*) FROM ledger.decision WHERE decided_by = 'lookup'") == 1


async def test_a_lost_request_is_sent_once_more_after_the_lookup_and_not_a_third_time(night: Night) -> None:
    night.ask_deletion(await accepted(night, asks=True))
    night.approve_deletion()
    for left in ("PENDING", "NEEDS_PERSON"):
        night.fault("lost_request")
        await night.delete()
        night.heal()
        night.settle()
        await night.resolve()
        assert night.deletion()["state"] == left
    assert night.deletions() == [] and night.states() == {"a.xml": "ACCEPTED"}
    posts = night.posts
    await night.delete()
    assert night.posts == posts


async def test_without_a_baseline_the_answer_to_the_resend_tells_that_it_is_gone(night: Night) -> None:
    await lost(night, "lost_answer", asks=False)
    night.settle()
    await night.resolve()
    assert night.deletion()["state"] == "PENDING"
    assert (await night.delete()).states["ACCEPTED"] == 1
    assert night.deletions() == [DELETED, UNKNOWN, UNKNOWN, UNKNOWN] and night.states() == {"a.xml": "DELETED"}
    assert "the first one, whose answer was lost, had worked" in night.deletion()["reason"]
    night.reconcile().raise_if_broken()


async def test_what_the_register_still_showed_is_not_taken_for_gone(night: Night) -> None:
    """The register has it, the authority does not know it: that is no proof, it is looked up again."""
    vin = await lost(night, "lost_request")
    night.settle()
    await night.resolve()
    (vehicle,) = night.sandbox.vehicles._by_vin[vin]
    vehicle.sender = "another"
    night.sandbox.vehicles._by_reference.clear()
    assert (await night.delete()).states["UNKNOWN"] == 1
    night.settle()
    await night.resolve()
    assert night.deletion()["state"] == "NEEDS_PERSON" and night.states() == {"a.xml": "ACCEPTED"}


async def test_an_unknown_deletion_of_what_was_registered_meanwhile_is_refused_by_lookup(night: Night) -> None:
    vin = await lost(night, "lost_request")
    night.sandbox.vehicles.register(vin)
    night.settle()
    await night.resolve()
    assert night.deletion()["state"] == "REFUSED" and "is registered" in night.deletion()["reason"]


@pytest.mark.parametrize(
    ("choice", "deletion_is", "document_is"),
    [
        ("accepted", "ACCEPTED", "DELETED"),
        ("give up", "REFUSED", "ACCEPTED"),
        ("send once more", "PENDING", "ACCEPTED"),
    ],
)
async def test_a_person_decides_about_a_deletion_by_name(
    night: Night, choice: Any, deletion_is: str, document_is: str
) -> None:
    vin = await lost(night, "lost_request", asks=False)
    with connect(night.dsn) as connection:
        one = deciding.find(connection, vin, choice)
        assert "the deletion of VIN" in one.sentence(choice)
        assert deciding.decide(connection, one, choice, by="Kari Nordmann", words="Told on the telephone.")
        assert not deciding.decide(connection, one, choice, by="Kari Nordmann", words="Told on the telephone.")
    assert (night.deletion()["state"], night.states()) == (deletion_is, {"a.xml": document_is})
    if deletion_is == "PENDING":
        assert (await night.delete()).states["ACCEPTED"] == 1 and night.states() == {"a.xml": "DELETED"}
    night.reconcile().raise_if_broken()
