"""Which of the few things that a receipt can say applies to a file."""

from __future__ import annotations

from typing import Literal

from include.ledger.filing import ToFile

Situation = Literal[
    "accepted",
    "accepted_remarks",
    "refused",
    "refused_avgift",
    "invalid",
    "invalid_in_place",
    "duplicate",
    "duplicate_refused",
    "unknown",
    "incomplete",
    "held",
    "held_avgift",
    "held_conflict",
    "needs_person",
    "waiting",
]

_AVGIFT = "KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"


def situation_of(item: ToFile) -> Situation:
    """What the importer has to be told. States that are not known here count as waiting: nothing is asked of them."""
    facts = item.facts
    match item.status:
        case "accepted":
            return "accepted_remarks" if facts.get("remarks") or facts.get("findings") else "accepted"
        case "refused":
            return "refused_avgift" if str(facts.get("meldingskode") or "").endswith(_AVGIFT) else "refused"
        case "invalid":
            return "invalid_in_place" if item.leave_in_place else "invalid"
        case "duplicate":
            return "duplicate_refused" if facts.get("first_state") == "REFUSED" else "duplicate"
        case "unknown":
            return "unknown"
    return _open(item)


def _open(item: ToFile) -> Situation:
    match item.state:
        case "INCOMPLETE":
            return "incomplete"
        case "HELD":
            return _held(str(item.facts.get("reason") or ""))
        case "NEEDS_PERSON":
            return "needs_person"
    return "waiting"


def _held(reason: str) -> Situation:
    if "avgiftsKode" in reason:
        return "held_avgift"
    return "held_conflict" if "another" in reason else "held"
