"""What a lookup settles about a deletion whose outcome nobody knows.

Gone, and there before we sent: deleted. Still there: it may be sent once more, since a deletion that is repeated before
anything else happens to the VIN does no harm. Registered: it can no longer be deleted (reliability, window W19).
"""

from __future__ import annotations

from include.journey.settling import baseline_of, can_be_asked, evidence_of, for_person, later, named
from include.ledger.resolving import Settlement, Unsettled
from include.register.port import Absent, Found, Looked, NotAsked, Unreadable
from include.register.record import VehicleRecord

_NEXT_RUN = "the next run of ecoc_deletion sends it once more"


def decide_deletion(one: Unsettled, looked: Looked) -> Settlement:
    """What becomes of a deletion after a look into the register that came after `settle_until`."""
    if not can_be_asked(one):
        return for_person(one, "the register cannot be asked for the vehicle's VIN", looked)
    match looked:
        case Found():
            return _found(one, looked)
        case Absent():
            return _gone(one, looked)
        case Unreadable():
            ending = f" ({looked.support_id})" if looked.support_id else ""
            return later(one, f"The register's answer settles nothing: {looked.sentence}{ending}", None)
        case NotAsked():
            return later(one, looked.sentence, looked.retry_after)


def _found(one: Unsettled, looked: Found) -> Settlement:
    ours = [vehicle for vehicle in looked.vehicles if _is_it(one, vehicle) is not False]
    if not ours:
        return _gone(one, looked)  # what is there is another vehicle under the same VIN
    if len(ours) > 1 or (len(looked.vehicles) > 1 and _is_it(one, ours[0]) is None):
        return for_person(one, f"several vehicles of the register may be it ({named(ours)})", looked)
    if ours[0].is_registered:
        return Settlement(
            state="REFUSED",
            reason=f"Settled by lookup: {named(ours)} is registered, and then nobody can delete it this way any more.",
            evidence=evidence_of(one, looked),
        )
    if one.resends:
        return for_person(one, f"the register still has it ({named(ours)}) after it was sent once more", looked)
    return Settlement(
        state="PENDING",
        reason=f"The register still has it ({named(ours)}) although the time to settle is over: {_NEXT_RUN}.",
        evidence=evidence_of(one, looked),
    )


def _gone(one: Unsettled, looked: Found | Absent) -> Settlement:
    if baseline_of(one) == "present":
        return Settlement(
            state="ACCEPTED",
            reason="Settled by lookup: the register had the vehicle before the deletion was sent, and has it no more.",
            evidence=evidence_of(one, looked),
        )
    if one.resends:
        return for_person(
            one, "the register does not know it, and was not asked, or did not know it, before we sent", looked
        )
    return Settlement(
        state="PENDING",
        reason="The register does not know the vehicle, but was not asked, or did not know it, before we sent: "
        f"{_NEXT_RUN}, and its answer tells.",
        evidence=evidence_of(one, looked),
    )


def _is_it(one: Unsettled, vehicle: VehicleRecord) -> bool | None:
    """Whether it is the vehicle that was created; None when neither kuid nor make tells."""
    if one.kuid and vehicle.kuid:
        return one.kuid == vehicle.kuid
    if one.merkekode and vehicle.merkekode:
        return vehicle.has_make(one.merkekode)
    return None
