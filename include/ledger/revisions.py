"""The same content with another avgiftsKode while it is accepted: held, and sent once the accepted one is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from include.ledger.warehouse import Connection, Row


def hold_revisions(connection: Connection, found: Sequence[tuple[Row, str]]) -> list[int]:
    """Holds each (document, new avgiftsKode); the caller commits. Returns the ids of the documents.

    The document stays with the sighting that was accepted; the new sighting waits beside it.
    """
    ids = [int(document["id"]) for document, _ in found]
    reasons = [
        f"Held: the same content is accepted with {_with(document['accepted_code'])}, and comes now with avgiftsKode "
        f"{code}. Delete the accepted one (DAG ecoc_deletion); the run after it sends this one."
        for document, code in found
    ]
    connection.execute(
        "UPDATE ledger.document d SET hold_reason = u.reason FROM unnest(%s::bigint[], %s::text[]) AS u (id, reason) "
        "WHERE d.id = u.id",
        (ids, reasons),
    )
    return ids


def _with(code: str) -> str:
    return f"avgiftsKode {code}" if code else "no avgiftsKode"


def revive_revisions(connection: Connection, party: str) -> int:
    """A document whose creation was deleted goes on with the sighting that waited beside it; the caller commits."""
    cursor = connection.execute(
        "UPDATE ledger.document d SET sighting_id = s.id, state = 'RECEIVED', hold_reason = NULL "
        "FROM ledger.sighting s, ledger.submission u WHERE d.party = %s AND d.hold_reason IS NOT NULL "
        "AND u.document_id = d.id AND u.operation = 'opprette' AND u.sighting_id = d.sighting_id "
        "AND u.state = 'DELETED' AND s.document_id = d.id AND s.state = 'TAKEN' AND s.id > d.sighting_id "
        "AND s.filed_at IS NULL",
        (party,),
    )
    return cursor.rowcount
