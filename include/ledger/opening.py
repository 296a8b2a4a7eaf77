"""Opening submissions: a valid document together with its avgiftsklassifisering becomes something that can be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from include.ledger.warehouse import Connection
from include.vegvesen.avgift import Avgiftsklassifisering


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidDocument:
    """A valid document of this lot without a submission, and what is needed to classify it."""

    document_id: int
    sighting_id: int
    file_name: str
    companion: dict[str, Any] | None
    vin: str | None
    ivi_reference: str | None
    category: str | None
    type_approval: str | None
    variant: str | None
    version_code: str | None
    stage: str | None
    by_vin: dict[str, Any] | None
    released: bool
    conflict: str | None
    deleting: bool
    accepted: int | None = None
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """The decision for one valid document: open it with this classification, or hold it for this reason.

    `replaces` is the accepted document whose deletion is to be asked for.
    """

    document: ValidDocument
    avgift: Avgiftsklassifisering
    hold_reason: str | None
    replaces: int | None = None


def valid_documents(connection: Connection, party: str, run_id: str, lot_no: int) -> list[ValidDocument]:
    """The lot's valid documents that were never opened for their present sighting, or are to be opened once more.

    `conflict` names an open or accepted document with other content but the same reference (of this party), or the
    same VIN and stage (of any party, which is not named): which of the two is right only a person can say.
    `accepted` is that document where it is this party's own and accepted. `declined`: a person said no to deleting it
    for this one. `deleting`: a deletion for the VIN is under way. Until the caller commits, nobody else opens anything:
    two lots with one VIN would not see each other.
    """
    connection.execute("SET LOCAL lock_timeout = '60s'")
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('samsvar.opening'))")
    rows = connection.execute(
        "SELECT d.id AS document_id, s.id AS sighting_id, s.name AS file_name, s.companion, d.vin, d.ivi_reference, "
        "d.category, d.type_approval, d.variant, d.version_code, d.stage, c.fields AS by_vin, "
        "d.released_by IS NOT NULL AS released, "
        "k.conflict, k.accepted, "
        "EXISTS (SELECT FROM ledger.document o JOIN ledger.submission x ON x.document_id = o.id "
        "WHERE o.party = d.party AND o.vin = d.vin AND x.operation = 'slette' "
        "AND x.state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON')) AS deleting, "
        "EXISTS (SELECT FROM ledger.deletion_request r WHERE r.document_id = k.accepted AND r.replaced_by = d.id "
        "AND r.source = 'revision' AND r.state = 'DECLINED') AS declined "
        "FROM ledger.sighting s JOIN ledger.document d ON d.sighting_id = s.id "
        "LEFT JOIN ledger.classification c ON c.party = d.party AND c.vin = d.vin "
        "LEFT JOIN LATERAL (SELECT "
        "CASE WHEN o.party <> d.party THEN 'another sender has a document for this VIN' "
        "WHEN o.ivi_reference = d.ivi_reference THEN 'reference ' || o.ivi_reference || ' is used by another document' "
        "ELSE 'VIN ' || o.vin || ' has another document' END AS conflict, "
        "CASE WHEN o.party = d.party AND x.state = 'ACCEPTED' THEN o.id END AS accepted "
        "FROM ledger.document o JOIN ledger.submission x ON x.document_id = o.id AND x.operation = 'opprette' "
        "WHERE o.id <> d.id AND x.state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON', 'ACCEPTED') "
        "AND ((o.party = d.party AND o.ivi_reference = d.ivi_reference) "
        "OR (o.vin = d.vin AND o.stage IS NOT DISTINCT FROM d.stage)) "
        "ORDER BY o.party = d.party, x.state = 'ACCEPTED', o.id LIMIT 1) k ON true "
        "WHERE s.party = %s AND s.run_id = %s AND s.lot_no = %s AND s.state = 'TAKEN' AND d.state = 'VALID' "
        "AND (s.reopen OR NOT EXISTS (SELECT FROM ledger.submission u WHERE u.sighting_id = s.id)) ORDER BY d.id",
        (party, run_id, lot_no),
    )
    return [ValidDocument(**row) for row in rows]


def record(
    connection: Connection, party: str, run_id: str, lot_no: int, sender: str, openings: Sequence[Opening]
) -> int:
    """Opens or holds each document; the caller commits. Returns how many were opened."""
    opened = [opening for opening in openings if opening.hold_reason is None]
    connection.execute(
        "UPDATE ledger.document d SET hold_reason = u.reason FROM unnest(%s::bigint[], %s::text[]) AS u (id, reason) "
        "WHERE d.id = u.id AND d.hold_reason IS DISTINCT FROM u.reason",
        ([opening.document.document_id for opening in openings], [opening.hold_reason for opening in openings]),
    )
    connection.execute(
        "UPDATE ledger.sighting SET reopen = false WHERE reopen AND id = ANY(%s)",
        ([opening.document.sighting_id for opening in opened],),
    )
    rows = [_submission(opening) for opening in opened]
    connection.execute(_OPEN, {"party": party, "run": run_id, "lot": lot_no, "sender": sender, "rows": Jsonb(rows)})
    return len(opened)


# ON CONFLICT: two tries of the same task at once open a document only once.
_OPEN = """
INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, ivi_reference, avgiftskode, seats,
    camper_beds, avgift_source, run_id, lot_no)
SELECT gen_random_uuid(), %(party)s, u.document, u.sighting,
    1 + coalesce((SELECT max(n) FROM ledger.submission WHERE document_id = u.document AND operation = 'opprette'), 0),
    %(sender)s, u.reference, u.kode, u.seats, u.beds, u.source, %(run)s, %(lot)s
FROM jsonb_to_recordset(%(rows)s) AS u (document bigint, sighting bigint, reference text, kode text, seats text,
    beds text, source text)
ON CONFLICT DO NOTHING
"""


def _submission(opening: Opening) -> dict[str, object]:
    return {
        "document": opening.document.document_id,
        "sighting": opening.document.sighting_id,
        "reference": opening.document.ivi_reference,
        "kode": opening.avgift.avgiftsKode,
        "seats": opening.avgift.sitteplasserNorskGodkjenning,
        "beds": opening.avgift.sengeplasserCampingbil,
        "source": opening.avgift.source,
    }
