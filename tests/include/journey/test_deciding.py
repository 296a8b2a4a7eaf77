"""What a named person decides about one document, and what nobody can decide by accident."""

from __future__ import annotations

import pytest

from include.errors import PersonMustAct
from include.ledger import deciding
from include.ledger.warehouse import connect
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

BY = "Kari Nordmann"
WORDS = "Statens vegvesen said so on the telephone."


def find(night: Night, key: str, choice: str) -> deciding.Undecided:
    with connect(night.dsn) as connection:
        return deciding.find(connection, key, choice)


def decide(night: Night, one: deciding.Undecided, choice: str, by: str = BY) -> bool:
    with connect(night.dsn) as connection:
        return deciding.decide(connection, one, choice, by=by, words=WORDS)


async def _unknown(night: Night, kind: str = "lost_request") -> str:
    """A night with one unknown outcome; its VIN."""
    night.put_many(range(3))
    await night.through_validation()
    night.fault("late_accept", kind, slow_seconds=0.0)
    await night.send()
    await night.file()
    night.heal()
    return str(night.one("SELECT vin FROM mart.ecoc_document WHERE state = 'UNKNOWN'"))


async def _for_a_person(night: Night, kind: str = "lost_answer") -> str:
    vin = await _unknown(night, kind)
    night.settle()
    await night.resolve()  # no baseline: found, but whose is it?
    assert night.submissions()["NEEDS_PERSON"] == 1
    return vin


@pytest.mark.parametrize(("choice", "state"), [("accepted", "ACCEPTED"), ("give up", "REFUSED")])
@pytest.mark.parametrize("asked", [True, False], ids=["for a person", "no register"])
async def test_a_person_decides_what_no_lookup_can(night: Night, choice: str, state: str, asked: bool) -> None:
    vin = await (_for_a_person(night) if asked else _unknown(night))
    one = find(night, vin.lower(), choice)
    assert vin in one.sentence(choice)

    assert decide(night, one, choice)

    row = night.state_of(one.file_name)
    assert (row["state"], row["decided_by"]) == (state, BY) and WORDS in row["reason"]
    (kept,) = night.sql("SELECT * FROM ledger.decision WHERE decided_by = %s", BY)
    assert (kept["reason"], kept["to_state"]) == (WORDS, state)
    posts = night.posts
    await night.whole("run-2")
    assert night.posts == posts and night.names() == []


async def test_what_is_to_be_sent_once_more_goes_with_the_next_run_and_never_by_itself_again(night: Night) -> None:
    vin = await _unknown(night)
    decide(night, find(night, vin, "send once more"), "send once more")
    assert night.submissions() == {"ACCEPTED": 2, "PENDING": 1}

    night.fault("lost_request")
    posts = night.posts
    await night.whole("run-2")
    night.heal()
    night.settle()
    await night.resolve()

    assert night.posts == posts + 1 and night.submissions() == {"ACCEPTED": 2, "NEEDS_PERSON": 1}
    decide(night, find(night, vin, "send once more"), "send once more")
    await night.whole("run-3")
    assert night.submissions() == {"ACCEPTED": 3} and set(night.truth().values()) == {1}


async def test_a_decision_made_twice_counts_once_and_an_old_one_is_refused(night: Night) -> None:
    vin = await _unknown(night)
    one = find(night, vin, "send once more")
    assert decide(night, one, "send once more") is True
    assert decide(night, one, "send once more") is False
    await night.whole("run-2")
    assert decide(night, one, "send once more") is False, "clearing the task after the send decides nothing"
    with pytest.raises(PersonMustAct, match="changed since it was looked at"):
        decide(night, one, "give up", by="Ola Nordmann")
    assert night.submissions() == {"ACCEPTED": 3}


@pytest.mark.parametrize("name", ["", "answer", "Lookup", " "])
async def test_a_decision_needs_the_name_of_a_person(night: Night, name: str) -> None:
    one = find(night, await _unknown(night), "accepted")
    with pytest.raises(PersonMustAct, match="name of a person"):
        decide(night, one, "accepted", by=name)
    assert night.submissions()["UNKNOWN"] == 1


async def test_a_held_document_is_released_and_sent_by_the_next_run(night: Night) -> None:
    night.configure(avgift={"missing": "hold"})
    night.put("held.xml", number=1)
    await night.whole()
    assert night.states() == {"held.xml": "HELD"}
    sha256 = night.one("SELECT sha256 FROM ledger.document")

    decide(night, find(night, sha256[:16], "release"), "release")
    await night.whole("run-2")

    assert night.states() == {"held.xml": "ACCEPTED"}
    assert night.one("SELECT released_by FROM ledger.document") == BY


@pytest.mark.parametrize("key", ["TESTNOTTHERE00000", "abcdef", "%", "' OR true --"])
async def test_what_does_not_wait_cannot_be_decided(night: Night, key: str) -> None:
    vin = await _unknown(night)
    with pytest.raises(PersonMustAct, match="No document waits"):
        find(night, key, "accepted")
    with pytest.raises(PersonMustAct, match="No document waits"):
        find(night, vin, "release")
    accepted = night.sql("SELECT vin FROM mart.ecoc_document WHERE state = 'ACCEPTED'")[0]["vin"]
    with pytest.raises(PersonMustAct, match="No document waits"):
        find(night, accepted, "send once more")
