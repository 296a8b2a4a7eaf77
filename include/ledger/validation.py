"""Results of our own checks. Validation is pure, so its result may be replaced at any time before something is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from include.ivi.check import Checked
from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class ToValidate:
    """A document of this lot that has not been checked by the present rules."""

    document_id: int
    sighting_id: int
    sha256: str
    file_name: str


def to_validate(connection: Connection, party: str, run_id: str, lot_no: int, rules_version: str) -> list[ToValidate]:
    """The lot's documents that are RECEIVED, or INVALID by other rules than the present ones."""
    rows = connection.execute(
        "SELECT d.id AS document_id, s.id AS sighting_id, d.sha256, "
        "CASE WHEN s.member <> '' THEN s.member ELSE s.name END AS file_name "
        "FROM ledger.sighting s JOIN ledger.document d ON d.sighting_id = s.id "
        "WHERE s.party = %s AND s.run_id = %s AND s.lot_no = %s AND s.state IN ('TAKEN', 'INVALID') "
        "AND (d.state = 'RECEIVED' OR (d.state = 'INVALID' AND d.rules_version IS DISTINCT FROM %s)) ORDER BY d.id",
        (party, run_id, lot_no, rules_version),
    )
    return [ToValidate(**row) for row in rows]


def record(connection: Connection, results: Sequence[tuple[ToValidate, Checked]], rules_version: str) -> None:
    """Stores findings and what the document says of itself; the caller commits the group."""
    documents = [work.document_id for work, _ in results]
    connection.execute("DELETE FROM ledger.finding WHERE source = 'own' AND document_id = ANY(%s)", (documents,))
    with connection.cursor() as cursor:
        cursor.executemany(_UPDATE_DOCUMENT, [_document_row(work, checked, rules_version) for work, checked in results])
        cursor.executemany(_UPDATE_SIGHTING, [_sighting_row(work, checked) for work, checked in results])
        with cursor.copy(_COPY_FINDINGS) as copy:
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


_COPY_FINDINGS = (
    "COPY ledger.finding (sighting_id, document_id, source, rule_id, level, path, coc_entry, sentence) FROM STDIN"
)
_UPDATE_DOCUMENT = """
UPDATE ledger.document SET state = %(state)s, validated_at = now(), rules_version = %(rules)s,
    errors = %(error)s, warnings = %(warning)s, infos = %(info)s, family = %(family)s, ivi_version = %(version)s,
    ivi_reference = %(reference)s, vin = %(vin)s, category = %(category)s, make = %(make)s,
    type_approval = %(type_approval)s, type_code = %(type)s, variant = %(variant)s,
    version_code = %(version_code)s, stage = %(stage)s, document_version = %(document_version)s
WHERE id = %(id)s AND state IN ('RECEIVED', 'INVALID')
"""
# An INVALID file that the present rules accept leaves `rejected/` again: it is open until it is filed anew.
_UPDATE_SIGHTING = """
UPDATE ledger.sighting SET state = %(state)s, rule_id = %(rule)s, reason = %(reason)s,
    filed_at = CASE WHEN %(state)s = 'TAKEN' THEN NULL ELSE filed_at END
WHERE id = %(id)s AND state IN ('TAKEN', 'INVALID')
"""
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


def _document_row(work: ToValidate, checked: Checked, rules_version: str) -> dict[str, object]:
    row: dict[str, object] = {field: getattr(checked.document, field, None) for field in _FIELDS}
    levels = [str(found.level) for found in checked.findings]
    row |= {level: levels.count(level) for level in ("error", "warning", "info")}
    row |= {"id": work.document_id, "rules": rules_version, "state": "VALID" if checked.valid else "INVALID"}
    return row


def _sighting_row(work: ToValidate, checked: Checked) -> dict[str, object]:
    first_error = next((found for found in checked.findings if str(found.level) == "error"), None)
    return {
        "id": work.sighting_id,
        "state": "TAKEN" if checked.valid else "INVALID",
        "rule": None if checked.valid or first_error is None else first_error.rule_id,
        "reason": None if checked.valid else (first_error.sentence if first_error else "The document is not valid."),
    }
