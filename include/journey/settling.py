"""What a lookup settles: the one decision about an outcome that nobody knows.

Found counts as our own only when the register did not know the VIN before we sent (the baseline) and nothing it says
contradicts the document. Absent after the settle time allows one re-send of the same document. Whatever else is said,
or not said, decides nothing (reliability, windows W4 to W8).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from include.journey.comparing import agree
from include.ledger.resolving import Settlement, Unsettled
from include.register.kinds import VIN
from include.register.port import Absent, Found, Looked, NotAsked, Unreadable
from include.register.record import VehicleRecord, plain_id
from include.vegvesen.classify import UNKNOWN_VEHICLE
from include.vegvesen.reply import parse_reply

#: Seconds until the next look when the register gave no answer; it doubles with every look in vain.
FIRST_PAUSE, LONGEST_PAUSE = 600.0, 6 * 3600.0
DECIDE = "Decide with the DAG ecoc_decision (operator's runbook, Needs a person)."

_COMPARED = (
    ("make", "make", "merke"),
    ("type approval", "type_approval", "typegodkjenningsnummer"),
    ("variant", "variant", "variant"),
)


def of_late_answer(one: Unsettled) -> Settlement | None:
    """An answer that was written down after its row had become unknown; None when there is none to read."""
    reply = parse_reply(one.late_body) if one.late_outcome and one.late_body else None
    if reply is None or (one.operation == "slette" and reply.meldingskode == UNKNOWN_VEHICLE):
        return None  # of a deletion, "not known" alone says nothing: the register is asked
    told = {
        "kuid": reply.kuid,
        "merkekode": None if reply.merkekode is None else str(reply.merkekode),
        "returned_reference": reply.iviReferanse,
        "authority_time": reply.datoTid,
        "meldingstype": reply.meldingstype,
        "meldingskode": reply.meldingskode,
        "meldingstekst": reply.meldingstekst,
    }
    return Settlement(
        state="ACCEPTED" if one.late_outcome == "accepted" else "REFUSED",
        decided_by="answer",
        reason=f"The answer was recorded late, after the outcome had counted as unknown. {one.cause}",
        told=told,
        evidence={"attempt_no": one.attempt_no},
    )


def can_be_asked(one: Unsettled) -> bool:
    """Whether the register can be asked for the document's VIN at all."""
    return one.vin is not None and VIN.askable(one.vin)


def decide(one: Unsettled, looked: Looked) -> Settlement:
    """What becomes of it after a look into the register that came after `settle_until`."""
    if not can_be_asked(one):
        return for_person(one, "the register cannot be asked for the document's VIN", looked)
    match looked:
        case Found():
            return _found(one, looked)
        case Absent():
            return _absent(one, looked)
        case Unreadable():
            ending = f" ({looked.support_id})" if looked.support_id else ""
            return later(one, f"The register's answer settles nothing: {looked.sentence}{ending}", None)
        case NotAsked():
            return later(one, looked.sentence, looked.retry_after)


def _found(one: Unsettled, looked: Found) -> Settlement:
    said = baseline_of(one)
    if said == "present":
        return for_person(
            one, f"the register has it ({named(looked.vehicles)}) and had it before we sent{_before(one)}", looked
        )
    if said != "absent":
        return for_person(
            one,
            f"the register has it ({named(looked.vehicles)}), but was not asked before we sent: it may be somebody "
            "else's",
            looked,
        )
    fitting = [vehicle for vehicle in looked.vehicles if not contradictions(one, vehicle)]
    if not fitting:
        wrong = "; ".join(contradictions(one, looked.vehicles[0]))
        return for_person(one, f"the register has a vehicle with this VIN that is not the document's: {wrong}", looked)
    if len(fitting) > 1:
        return for_person(one, f"several vehicles of the register fit the document ({named(fitting)})", looked)
    return Settlement(
        state="ACCEPTED",
        reason=f"Settled by lookup: {named(fitting)} is in the register, and was not before we sent{_at(one)}.",
        told={"kuid": fitting[0].kuid, "merkekode": fitting[0].merkekode},
        evidence=evidence_of(one, looked),
    )


def _absent(one: Unsettled, looked: Absent) -> Settlement:
    if baseline_of(one) == "present":
        return for_person(one, f"the register had it before we sent{_before(one)} and does not know it now", looked)
    if one.resends:
        return for_person(
            one,
            "the register does not know it, and it was already sent once more by itself; a third send is not",
            looked,
        )
    return Settlement(
        state="PENDING",
        reason="The register does not know the vehicle although the time to settle is over: the next run of the "
        "importer sends the document once more.",
        evidence=evidence_of(one, looked),
    )


def later(one: Unsettled, why: str, retry_after: float | None) -> Settlement:
    """Nothing was learned: it stays unknown, and is looked up again after a pause that grows."""
    seconds = max(min(FIRST_PAUSE * 2**one.looks, LONGEST_PAUSE), retry_after or 0.0)
    return Settlement(
        state="UNKNOWN",
        reason=f"{one.cause} {why} It is looked up again in {_span(seconds)}. Do not send it again.",
        again_seconds=seconds,
    )


def for_person(one: Unsettled, why: str, looked: Looked) -> Settlement:
    """No lookup can settle it."""
    return Settlement(
        state="NEEDS_PERSON",
        reason=f"VIN {one.vin or 'missing'}, sent{_at(one)} without a readable answer: {why}. {DECIDE}",
        evidence=evidence_of(one, looked),
    )


def contradictions(one: Unsettled, vehicle: VehicleRecord) -> list[str]:
    """Where document and register both say something and it is not the same, in words."""
    found = []
    if plain_id(vehicle.understellsnummer or one.vin or "") != plain_id(one.vin or ""):
        found.append(f"VIN {vehicle.understellsnummer} instead of {one.vin}")
    for word, ours, theirs in _COMPARED:
        mine, said = getattr(one, ours), getattr(vehicle, theirs)
        if mine and said and not agree(mine, said):
            found.append(f"{word} {said} instead of {mine}")
    return found


def baseline_of(one: Unsettled) -> str | None:
    """What the register said before the first send: absent, present, unreadable, not_asked; None when not asked."""
    return str(one.baseline.get("said")) if one.baseline else None


def named(vehicles: Sequence[VehicleRecord]) -> str:
    """The first few vehicles as an operator can look them up."""
    return ", ".join(f"kuid {vehicle.kuid or '?'}, merkekode {vehicle.merkekode or '?'}" for vehicle in vehicles[:3])


def _at(one: Unsettled) -> str:
    return f" {one.sent_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _before(one: Unsettled) -> str:
    known = (one.baseline or {}).get("vehicles") or ()
    kuids = ", ".join(str(vehicle.get("kuid")) for vehicle in known[:3])
    return f" (then kuid {kuids})" if kuids else ""


def _span(seconds: float) -> str:
    minutes = max(round(seconds / 60), 1)
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"


def evidence_of(one: Unsettled, looked: Looked) -> dict[str, object]:
    """What was seen, without anything of an owner."""
    vehicles = looked.vehicles if isinstance(looked, Found) else ()
    return {
        "lookup": type(looked).__name__.lower(),
        "vehicles": [
            {"kuid": one.kuid, "merkekode": one.merkekode, "registreringsstatus": one.registreringsstatus}
            for one in vehicles[:5]
        ],
        "baseline": one.baseline,
        "resends": one.resends,
    }
