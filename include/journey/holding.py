"""Whether a valid document is opened for sending, and with which avgiftsklassifisering, or held for which reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.config.party import Party
from include.ledger.opening import Opening, ValidDocument
from include.vegvesen.avgift import Avgiftsklassifisering, resolve_avgift


def decide(party: Party, document: ValidDocument, taken: set[tuple[str | None, ...]]) -> Opening:
    """Finds the avgiftsklassifisering and looks for a reason to hold the document, unless a person released it.

    `taken` holds what this very lot has opened: of two contents with one reference, or one VIN and stage, the first is
    sent and the other waits for a person.
    """
    sidecar = _companion(document, "sidecar")
    manifest = _companion(document, "manifest") or document.by_vin
    reason = next((str(found["fault"]) for found in (sidecar, manifest) if found and "fault" in found), None)
    if reason is not None:
        return Opening(document, Avgiftsklassifisering(), f"Held: {reason}")
    avgift = resolve_avgift(sidecar, manifest, party.avgift_rules(), document)
    conflict = document.conflict or _conflict_within(document, taken)
    replaces = document.accepted if party.revision == "replace" and not document.released else None
    if replaces is not None and document.declined:
        reason = (
            f"Held: {conflict} that is accepted, and its deletion for this one was declined. Ask for the deletion anew "
            "(DAG ecoc_deletion), or tell the importer that the accepted one stands."
        )
    elif replaces is not None:
        reason = (
            f"Held: {conflict} that is accepted, and this one replaces it. Its deletion waits for an approval "
            "(DAG ecoc_deletion); the run after it sends this one."
        )
    elif conflict:
        reason = f"Held: {conflict} that is open or accepted. A person has to decide which of the two is right."
    elif avgift.avgiftsKode is None and party.holds_without_avgift:
        reason = "Held: no avgiftsKode from sidecar, manifest, party rules or default. Add one; the next run sends it."
    if document.released:
        reason = None
    if document.deleting:  # nobody can release it: the deletion might meet the vehicle that this one creates
        reason = "Held: a deletion for the same VIN is not decided yet. The next run after that sends it."
    if reason is None:
        taken |= {(document.ivi_reference,), (document.vin, document.stage)}
    return Opening(document, avgift, reason, None if document.deleting else replaces)


def _conflict_within(document: ValidDocument, taken: set[tuple[str | None, ...]]) -> str | None:
    if document.ivi_reference and (document.ivi_reference,) in taken:
        return f"reference {document.ivi_reference} is used by another document"
    if document.vin and (document.vin, document.stage) in taken:
        return f"VIN {document.vin} has another document"
    return None


def _companion(document: ValidDocument, source: str) -> Mapping[str, Any] | None:
    companion = document.companion
    return companion if companion and companion.get("source") == source else None
