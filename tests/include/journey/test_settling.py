"""The one decision about an outcome that nobody knows, as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from include.journey.settling import FIRST_PAUSE, LONGEST_PAUSE, decide, of_late_answer
from include.ledger.resolving import Unsettled
from include.register.port import Absent, Found, Looked, NotAsked, Unreadable
from include.register.record import VehicleRecord

VIN = "TESTSISDINKY00004"
OURS = VehicleRecord(
    kuid="2001",
    understellsnummer=VIN,
    merkekode="6060",
    merke="TOYOTA",
    typegodkjenningsnummer="e6*2007/46*0289*09",
    variant="VAR1",
)
WAS_ABSENT = {"said": "absent"}
WAS_PRESENT = {"said": "present", "vehicles": [{"kuid": "77", "merkekode": "6060"}]}
NOBODY_SAID = ({"said": "not_asked", "sentence": "away"}, {"said": "unreadable", "sentence": "?"}, None)


def unsettled(**changes: Any) -> Unsettled:
    values: dict[str, Any] = {
        "id": UUID(int=1),
        "version": 2,
        "attempt_no": 1,
        "resends": 0,
        "looks": 0,
        "sent_at": datetime(2026, 11, 20, 1, 20, tzinfo=UTC),
        "baseline": WAS_ABSENT,
        "cause": "The connection broke after the request was written.",
        "vin": VIN,
        "make": "Toyota",
        "type_approval": "e6*2007/46*0289*09",
        "variant": "VAR1",
        "version_code": "VER1",
    }
    return Unsettled(**values | changes)


def other(**changes: Any) -> VehicleRecord:
    fields = {name: getattr(OURS, name) for name in OURS.__dataclass_fields__}
    return VehicleRecord(**fields | changes)


TABLE: list[tuple[str, dict[str, Any], Looked, str, str]] = [
    ("there now and not before", {}, Found((OURS,)), "ACCEPTED", "kuid 2001"),
    ("there now, sent twice", {"resends": 1}, Found((OURS,)), "ACCEPTED", "kuid 2001"),
    ("the register says little", {}, Found((VehicleRecord(kuid="1"),)), "ACCEPTED", "kuid 1"),
    ("the approval comes without extension", {}, Found((other(typegodkjenningsnummer="e6*2007/46*0289"),)),
     "ACCEPTED", "kuid 2001"),
    ("blanks and case differ", {"make": "toyota "}, Found((OURS,)), "ACCEPTED", "kuid 2001"),
    ("another make has the VIN too", {}, Found((other(kuid="9", merke="VOLVO"), OURS)), "ACCEPTED", "kuid 2001"),
    ("not there", {}, Absent(), "PENDING", "once more"),
    ("not there after the re-send", {"resends": 1}, Absent(), "NEEDS_PERSON", "already sent once more"),
    ("there before", {"baseline": WAS_PRESENT}, Found((OURS,)), "NEEDS_PERSON", "then kuid 77"),
    ("there before and gone", {"baseline": WAS_PRESENT}, Absent(), "NEEDS_PERSON", "does not know it now"),
    ("another make", {}, Found((other(merke="VOLVO"),)), "NEEDS_PERSON", "make VOLVO instead of Toyota"),
    ("another approval", {}, Found((other(typegodkjenningsnummer="e1*2007/46*0289*09"),)),
     "NEEDS_PERSON", "type approval e1"),
    ("another variant", {}, Found((other(variant="VAR2"),)), "NEEDS_PERSON", "variant VAR2 instead of VAR1"),
    ("two that fit", {}, Found((OURS, other(kuid="9"))), "NEEDS_PERSON", "several vehicles"),
    ("a VIN that nobody can ask for", {"vin": "A*B?"}, NotAsked("?"), "NEEDS_PERSON", "cannot be asked"),
    ("no VIN", {"vin": None}, NotAsked("?"), "NEEDS_PERSON", "cannot be asked"),
    ("an answer that cannot be read", {}, Unreadable("Cut off.", "svvguid 12ab"), "UNKNOWN", "svvguid 12ab"),
    ("the register is away", {}, NotAsked("It answered 503."), "UNKNOWN", "It answered 503."),
    *(("nobody asked before", {"baseline": said}, Found((OURS,)), "NEEDS_PERSON", "not asked before")
      for said in NOBODY_SAID),
    *(("nobody asked before, and it is not there", {"baseline": said}, Absent(), "PENDING", "once more")
      for said in NOBODY_SAID),
]  # fmt: skip


@pytest.mark.parametrize(("given", "looked", "state", "words"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_each_answer_has_one_meaning(given: dict[str, Any], looked: Looked, state: str, words: str) -> None:
    settlement = decide(unsettled(**given), looked)
    assert settlement.state == state
    assert words in settlement.reason
    if state == "NEEDS_PERSON":
        assert "2026-11-20 01:20 UTC" in settlement.reason
        assert "ecoc_decision" in settlement.reason
    if state == "UNKNOWN":
        assert "The connection broke" in settlement.reason and "Do not send it again" in settlement.reason


def test_an_accepted_one_keeps_what_the_register_said_of_it_as_evidence() -> None:
    settlement = decide(unsettled(), Found((OURS,)))
    assert settlement.told == {"kuid": "2001", "merkekode": "6060"}
    assert settlement.evidence["baseline"] == WAS_ABSENT
    assert settlement.evidence["vehicles"] == [{"kuid": "2001", "merkekode": "6060", "registreringsstatus": None}]


def test_pauses_between_lookups_grow_and_honour_what_the_register_asks_for() -> None:
    pauses = [decide(unsettled(looks=looks), NotAsked("away")).again_seconds or 0 for looks in range(8)]
    assert pauses[0] == FIRST_PAUSE and pauses == sorted(pauses) and pauses[-1] == LONGEST_PAUSE
    assert decide(unsettled(), NotAsked("quota", retry_after=50_000)).again_seconds == 50_000


@pytest.mark.parametrize(("outcome", "state"), [("accepted", "ACCEPTED"), ("refused", "REFUSED")])
def test_an_answer_that_was_recorded_too_late_decides(outcome: Any, state: str) -> None:
    body = (
        b'{"iviIdentifikator": {"kuid": "2001", "understellsnummerMerke": {"merkekode": 6060}}, '
        b'"melding": {"meldingstype": "INFO", "meldingskode": "X"}}'
    )
    settlement = of_late_answer(unsettled(late_outcome=outcome, late_body=body))
    assert settlement is not None
    assert (settlement.state, settlement.decided_by) == (state, "answer")
    assert settlement.told["kuid"] == "2001" and settlement.told["merkekode"] == "6060"


def test_a_late_answer_whose_bytes_are_gone_decides_nothing() -> None:
    assert of_late_answer(unsettled(late_outcome="accepted")) is None
    assert of_late_answer(unsettled()) is None
