"""Results of our own checks. Validation is pure, so its result may be replaced at any time before something is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from include.ivi.check import Checked
from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class ToValidate:
    """A document of this lot that has not been checked by the present rules. `companion` is what lay beside it."""

    document_id: int
    sighting_id: int
    sha256: str
    file_name: str
    companion: dict[str, Any] | None = None


def to_validate(connection: Connection, party: str, run_id: str, lot_no: int, rules_version: str) -> list[ToValidate]:
    """The lot's documents that are RECEIVED, or INVALID by other rules than the present ones."""
    rows = connection.execute(
        "SELECT d.id AS document_id, s.id AS sighting_id, d.sha256, s.companion, "
        "CASE WHEN s.member <> '' THEN s.member ELSE s.name END AS file_name "
        "FROM ledger.sighting s JOIN ledger.document d ON d.sighting_id = s.id "
        "WHERE s.party = %s AND s.run_id = %s AND s.lot_no = %s AND s.state IN ('TAKEN', 'INVALID') "
        "AND (d.state = 'RECEIVED' OR (d.state = 'INVALID' AND d.rules_version IS DISTINCT FROM %s)) ORDER BY d.id",
        (party, run_id, lot_no, rules_version),
    )
    return [ToValidate(**row) for row in rows]


def classifies_vins(connection: Connection, party: str) -> bool:
    """Whether manifests of this party ever named vehicles by VIN."""
    return connection.execute("SELECT FROM ledger.classification WHERE party = %s LIMIT 1", (party,)).rowcount > 0


def classified(connection: Connection, party: str, vin: str) -> dict[str, Any]:
    """What the manifests of this party said about a VIN; empty when nothing."""
    row = connection.execute(
        "SELECT fields FROM ledger.classification WHERE party = %s AND vin = %s", (party, vin)
    ).fetchone()
    return row["fields"] if row else {}


def record(connection: Connection, results: Sequence[tuple[ToValidate, Checked]], rules_version: str) -> None:
    """Stores findings and what the document says of itself; the caller commits the group."""
    documents = [work.document_id for work, _ in results]
    connection.execute(
        "DELETE FROM ledger.finding WHERE source = 'own' AND document_id = ANY(%s) "
        "AND found_at < now() + interval '1 day'",
        (documents,),
    )
    rows = [_document_row(work, checked) for work, checked in results]
    connection.execute(_UPDATE_DOCUMENT, {"rules": rules_version, "rows": Jsonb(rows)})
    connection.execute(_UPDATE_SIGHTING, (Jsonb([_sighting_row(work, checked) for work, checked in results]),))
    with connection.cursor() as cursor, cursor.copy(_COPY_FINDINGS) as copy:
        for work, checked in results:
            for found in checked.findings:
                copy.write_row(
                    (
                        work.sighting_id,
                        work.document_id,
                        "own",
                        found.rule_id,
                        str(found.level),
                        found.path,
                        found.coc_entry,
                        found.sentence,
                    )
                )


def hold(connection: Connection, lacking: Sequence[tuple[ToValidate, str]]) -> None:
    """Documents that cannot be checked wait with the reason: an open one is HELD and checked by the next run."""
    connection.execute(
        "UPDATE ledger.document d SET hold_reason = 'Held: ' || u.reason FROM unnest(%s::bigint[], %s::text[]) "
        "AS u (id, reason) WHERE d.id = u.id AND d.state = 'RECEIVED'",
        ([work.document_id for work, _ in lacking], [reason for _, reason in lacking]),
    )


_COPY_FINDINGS = (
    "COPY ledger.finding (sighting_id, document_id, source, rule_id, level, path, coc_entry, sentence) FROM STDIN"
)
_UPDATE_DOCUMENT = """
UPDATE ledger.document d SET state = u.state, validated_at = now(), rules_version = %(rules)s, hold_reason = NULL,
    errors = u.error, warnings = u.warning, infos = u.info, family = u.family, ivi_version = u.version,
    ivi_reference = u.reference, vin = u.vin, category = u.category, make = u.make,
    type_approval = u.type_approval, type_code = u.type, variant = u.variant,
    version_code = u.version_code, stage = u.stage, document_version = u.document_version,
    signature = u.signature, signer = u.signer, signer_expires = u.signer_expires
FROM jsonb_to_recordset(%(rows)s) AS u (id bigint, state text, error integer, warning integer, info integer,
    family text, version text, reference text, vin text, category text, make text, type_approval text, type text,
    variant text, version_code text, stage text, document_version integer, signature text, signer text,
    signer_expires date)
WHERE d.id = u.id AND d.state IN ('RECEIVED', 'INVALID')
"""
# A TAKEN sighting of a valid document stays as it is. An INVALID file that the present rules accept leaves `rejected/`
# again: it is open until it is filed anew.
_UPDATE_SIGHTING = """
UPDATE ledger.sighting s SET state = u.state, rule_id = u.rule, reason = u.reason,
    filed_at = CASE WHEN u.state = 'TAKEN' THEN NULL ELSE s.filed_at END
FROM jsonb_to_recordset(%s) AS u (id bigint, state text, rule text, reason text)
WHERE s.id = u.id AND (s.state = 'INVALID' OR (s.state = 'TAKEN' AND u.state = 'INVALID'))
  AND s.first_seen_at < now() + interval '1 day'
"""
_LONGEST = 200
_FIELDS = (
    "family",
    "version",
    "reference",
    "vin",
    "category",
    "make",
    "type_approval",
    "type",
    "variant",
    "version_code",
    "stage",
    "document_version",
)


def _document_row(work: ToValidate, checked: Checked) -> dict[str, object]:
    row: dict[str, object] = {field: _storable(getattr(checked.document, field, None)) for field in _FIELDS}
    levels = [str(found.level) for found in checked.findings]
    row |= {level: levels.count(level) for level in ("error", "warning", "info")}
    row |= {"id": work.document_id, "state": "VALID" if checked.valid else "INVALID"}
    if (report := checked.signature) is not None:
        expires = report.expires.isoformat() if report.expires else None
        row |= {"signature": report.state, "signer": _storable(report.signer), "signer_expires": expires}
    return row


def _storable(value: object) -> object:
    """What a hostile document may claim of itself, cut to what a column and its index hold."""
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, int) and not -(2**31) <= value < 2**31:
        return None
    return value


def _sighting_row(work: ToValidate, checked: Checked) -> dict[str, object]:
    first_error = next((found for found in checked.findings if str(found.level) == "error"), None)
    return {
        "id": work.sighting_id,
        "state": "TAKEN" if checked.valid else "INVALID",
        "rule": None if checked.valid or first_error is None else first_error.rule_id,
        "reason": None if checked.valid else (first_error.sentence if first_error else "The document is not valid."),
    }
