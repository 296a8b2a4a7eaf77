"""Which of the few things that a receipt can say applies to a file."""

from __future__ import annotations

from typing import Literal

from include.ledger.filing import ToFile

Situation = Literal[
    "accepted",
    "accepted_remarks",
    "deleted",
    "refused",
    "refused_avgift",
    "invalid",
    "invalid_in_place",
    "invalid_name",
    "invalid_kind",
    "invalid_archive",
    "duplicate",
    "duplicate_refused",
    "unknown",
    "incomplete",
    "held",
    "held_avgift",
    "held_conflict",
    "held_replaces",
    "held_declined",
    "needs_person",
    "waiting",
]

_AVGIFT = "KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"

NOT_A_FILE = frozenset({"file.kind", "name.not_a_file"})
"""Rules about links, folders and special files: there is nothing to rename, only a document to put there instead."""


def situation_of(item: ToFile) -> Situation:
    """What the importer has to be told. States that are not known here count as waiting: nothing is asked of them."""
    facts = item.facts
    match item.status:
        case "accepted" if item.state == "DELETED":
            return "deleted"
        case "accepted":
            return "accepted_remarks" if facts.get("remarks") or facts.get("findings") else "accepted"
        case "refused":
            return "refused_avgift" if str(facts.get("meldingskode") or "").endswith(_AVGIFT) else "refused"
        case "invalid":
            return _invalid(item)
        case "duplicate":
            return "duplicate_refused" if facts.get("first_state") == "REFUSED" else "duplicate"
        case "unknown":
            return "unknown"
    return _open(item)


def _invalid(item: ToFile) -> Situation:
    if item.leave_in_place:
        return "invalid_in_place"
    rule = item.rule_id or ""
    if rule in NOT_A_FILE or rule == "name.kind":
        return "invalid_kind"
    if rule.startswith("name."):
        return "invalid_name"
    return "invalid_archive" if rule.startswith("archive.") else "invalid"


def is_about_the_name(rule_id: str) -> bool:
    """Whether a rule speaks of the name or kind of a file: nothing in it was read."""
    return rule_id.startswith("name.") or rule_id in NOT_A_FILE


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
    if "its deletion for this one was declined" in reason:
        return "held_declined"
    if "the same content is accepted" in reason:
        return "held_conflict"
    if "avgiftsKode" in reason:
        return "held_avgift"
    if "this one replaces it" in reason:
        return "held_replaces"
    if "is used by another document" in reason or "has another document" in reason or "another sender" in reason:
        return "held_conflict"
    return "held"
