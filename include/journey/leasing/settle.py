"""Settle: what becomes of a change whose outcome nobody knows. Sends nothing.

The register's leaseholder decides where it can be read: it comes as the same keyed hash that the ledger has, so no
number is handled here. Where it cannot be read, a person decides.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from include.ledger import leasing_settling
from include.ledger.leasing_settling import ChangeSettlement, UnsettledChange
from include.ledger.warehouse import Connection
from include.register.port import Absent, Found, Looked, NotAsked, Register, Unreadable
from include.register.record import NOBODY, plain_plate

log = logging.getLogger(__name__)

GROUP = 200
FIRST_PAUSE, LONGEST_PAUSE = 600.0, 6 * 3600.0
DECIDE = "Decide with the form of the DAG leasing_changes (operator's runbook, Leaseholders)."


@dataclass(slots=True)
class SettledChanges:
    """How many changes are in which state after the round."""

    states: Counter[str] = field(default_factory=Counter)

    def sentence(self) -> str:
        """In words; empty when there was nothing to settle."""
        words = {
            "ACCEPTED": "accepted",
            "REFUSED": "refused",
            "PENDING": "to be sent once more",
            "NEEDS_PERSON": "for a person",
            "UNKNOWN": "still unknown",
        }
        return ", ".join(f"{self.states[state]} {word}" for state, word in words.items() if self.states[state])


def settle_changes(connection: Connection, party: str, register: Register | None) -> SettledChanges:
    """Settles what is due for a party and commits it one by one.

    Raises PersonMustAct when the register refuses us for good; until that is mended everything stays UNKNOWN.
    """
    leasing_settling.overdue_become_unknown(connection, party)
    result, after = SettledChanges(), 0
    while group := leasing_settling.due(connection, party, after=after, most=GROUP):
        connection.commit()  # no transaction is open while the register is asked
        after = group[-1].id
        looked = _look(group, register)
        for one in group:
            settlement = of_late_answer(one) or decide(one, looked.get(one.kjennemerke))
            if leasing_settling.settle(connection, one, settlement):
                result.states[settlement.state] += 1
            connection.commit()
    connection.commit()
    return result


def _look(group: Sequence[UnsettledChange], register: Register | None) -> Mapping[str, Looked]:
    plates = {one.kjennemerke for one in group if one.late is None}
    return register.lookup_plates(plates) if register is not None and plates else {}


def of_late_answer(one: UnsettledChange) -> ChangeSettlement | None:
    """An answer that was written down after its row had become unknown."""
    if one.late is None:
        return None
    return ChangeSettlement(
        state="ACCEPTED" if one.late == "accepted" else "REFUSED",
        decided_by="answer",
        reason=f"The answer was recorded late, after the outcome had counted as unknown. {one.cause}",
        told=one.late_told or {},
        evidence={"attempt_no": one.attempt_no},
    )


def decide(one: UnsettledChange, looked: Looked | None) -> ChangeSettlement:
    """What becomes of it after a look into the register that came after `settle_until`; None: there is no register."""
    match looked:
        case None:
            return _person(one, "no register is configured")
        case NotAsked():
            return _later(one, looked.sentence, looked.retry_after)
        case Unreadable():
            return _later(one, f"The register's answer settles nothing: {looked.sentence}", None)
        case Absent():
            return _person(one, "the register does not know the plate")
        case Found():
            return _found(one, looked)


def _found(one: UnsettledChange, looked: Found) -> ChangeSettlement:
    vehicles = [
        vehicle for vehicle in looked.vehicles if plain_plate(vehicle.kjennemerke or one.kjennemerke) == one.kjennemerke
    ]
    if len(vehicles) != 1:
        return _person(one, "the register has several vehicles for the plate, or one with another plate")
    vehicle = vehicles[0]
    if vehicle.leasingtaker is None or one.holder_mark is None:
        return _person(one, "the register's answer shows no leaseholder that can be read")
    told = {
        "kuid": vehicle.kuid,
        "understellsnummer": vehicle.understellsnummer,
        "merke": vehicle.merke,
        "merkekode": vehicle.merkekode,
    }
    is_ours, is_nobody = vehicle.leasingtaker == one.holder_mark, vehicle.leasingtaker == NOBODY
    said = {"leasingtaker": "ours" if is_ours else "nobody" if is_nobody else "another", "kuid": vehicle.kuid}
    if (one.handling == "OPPRETTE") is is_ours and (is_ours or is_nobody):
        what = "is" if is_ours else "is no longer"
        return ChangeSettlement(
            state="ACCEPTED",
            reason=f"Settled by lookup: the leaseholder {what} in the register.",
            told=told,
            evidence=said,
        )
    if not is_ours and not is_nobody:
        return _person(one, "the register shows another leaseholder than the one that was sent", said)
    if one.resends:
        return _person(one, "the register shows that it took no effect, and it was already sent once more", said)
    return ChangeSettlement(
        state="PENDING",
        reason="The register shows that the change took no effect although the time to settle is over: it is sent once "
        "more.",
        evidence=said,
    )


def _later(one: UnsettledChange, why: str, retry_after: float | None) -> ChangeSettlement:
    seconds = max(min(FIRST_PAUSE * 2**one.looks, LONGEST_PAUSE), retry_after or 0.0)
    minutes = max(round(seconds / 60), 1)
    return ChangeSettlement(
        state="UNKNOWN",
        reason=f"{one.cause} {why} It is looked up again in {minutes} minutes. Do not send it again.",
        again_seconds=seconds,
    )


def _person(one: UnsettledChange, why: str, evidence: Mapping[str, object] | None = None) -> ChangeSettlement:
    return ChangeSettlement(
        state="NEEDS_PERSON",
        reason=f"{one.handling} was sent without a readable answer: {why}. {DECIDE}",
        evidence=evidence or {},
    )
