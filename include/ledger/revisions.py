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


def say_declined(connection: Connection, party: str, run_id: str) -> None:
    """Says beside each held one that its replacement was declined in this run; the caller commits.

    One with other content is looked at again by every run, which finds the same words by itself.
    """
    connection.execute(
        "UPDATE ledger.document d SET hold_reason = 'Held: the same content is accepted with another avgiftsKode, and "
        "its deletion for this one was declined. Ask for the deletion anew (DAG ecoc_deletion), or tell the importer "
        "that the accepted one stands.' FROM ledger.deletion_request r WHERE r.party = %s AND r.offered_run = %s "
        "AND r.source = 'revision' AND r.state = 'DECLINED' AND r.document_id = r.replaced_by AND d.id = r.replaced_by "
        "AND d.hold_reason IS NOT NULL",
        (party, run_id),
    )


def changed_by_vin(connection: Connection, party: str, vins: Sequence[str]) -> list[str]:
    """Sentences about accepted documents for which the manifest's row of their VIN names another avgiftsKode since."""
    rows = connection.execute(
        "SELECT c.vin, c.fields ->> 'avgiftsKode' AS code, coalesce(u.avgiftskode, '') AS accepted "
        "FROM ledger.classification c JOIN ledger.document d ON d.party = c.party AND d.vin = c.vin "
        "JOIN ledger.submission u ON u.document_id = d.id AND u.operation = 'opprette' AND u.state = 'ACCEPTED' "
        "WHERE c.party = %s AND c.vin = ANY(%s) AND c.seen_at > u.opened_at AND d.hold_reason IS NULL "
        "AND c.fields ->> 'avgiftsKode' <> coalesce(u.avgiftskode, '') ORDER BY c.vin",
        (party, list(vins)),
    )
    return [
        f"manifest.csv now has avgiftsKode {row['code']} for VIN {row['vin']}, which is accepted with "
        f"{_with(row['accepted'])}: drop the document again to have it corrected."
        for row in rows
    ]


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
