"""What is to be moved away and told: the last leg of a sighting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFile:
    """A sighting of this lot whose receipt or place at the drop is behind its state.

    `status` is the reconciliation's column, `state` the exact one. `siblings_open` counts members of the same archive
    that are not decided: an archive is moved when it reaches zero.
    """

    id: int
    first_seen_at: datetime
    name_bytes: bytes
    name: str
    member: str
    file_sha256: str | None
    sha256: str | None
    size: int
    mtime: int
    status: str
    state: str
    rule_id: str | None
    reason: str | None
    leave_in_place: bool
    filed_as: str | None
    receipt_state: str | None
    siblings_open: int
    siblings_bad: int
    facts: dict[str, Any]

    @property
    def is_decided(self) -> bool:
        """True when the file's place is known: nothing more can happen to it in this journey."""
        return self.status in ("accepted", "refused", "invalid", "duplicate")

    @property
    def needs_receipt(self) -> bool:
        """True when the importer has not been told the present state."""
        return self.receipt_state != self.state


_FACTS = """
jsonb_build_object('vin', d.vin, 'ivi_reference', u.ivi_reference, 'returned_reference', u.returned_reference,
    'kuid', u.kuid, 'merkekode', u.merkekode, 'avgiftsKode', u.avgiftskode, 'avgift_source', u.avgift_source,
    'meldingskode', u.meldingskode, 'meldingstype', u.meldingstype, 'meldingstekst', u.meldingstekst,
    'authority_time', u.authority_time, 'remarks', coalesce(u.remarks, '[]'), 'settle_until', u.settle_until,
    'reason', coalesce(u.reason, d.hold_reason), 'first_name', f.name, 'first_state', ft.state, 'first_sha256', d.sha256,
    'findings', coalesce((SELECT jsonb_agg(jsonb_build_object('rule_id', x.rule_id, 'level', x.level, 'path', x.path,
        'coc_entry', x.coc_entry, 'sentence', x.sentence) ORDER BY x.id)
        FROM ledger.finding x WHERE x.document_id = d.id AND x.source = 'own'), '[]'))
"""

_TO_FILE = f"""
SELECT s.id, s.first_seen_at, s.name_bytes, s.name, s.member, s.file_sha256, d.sha256, s.size, s.mtime, t.status,
    t.state, s.rule_id, s.reason, s.leave_in_place, s.filed_as, s.receipt_state,
    coalesce(b.open, 0) AS siblings_open, coalesce(b.bad, 0) AS siblings_bad, {_FACTS} AS facts
FROM ledger.sighting s
JOIN ledger.sighting_status t ON t.id = s.id
LEFT JOIN ledger.document d ON d.id = s.document_id
LEFT JOIN ledger.sighting_status ft ON ft.id = s.duplicate_of
LEFT JOIN ledger.submission u ON u.id = coalesce(t.submission_id, ft.submission_id)
LEFT JOIN ledger.sighting f ON f.id = s.duplicate_of
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE y.status IN ('open', 'unknown')) AS open,
           count(*) FILTER (WHERE y.status IN ('refused', 'invalid')) AS bad
    FROM ledger.sighting o JOIN ledger.sighting_status y ON y.id = o.id
    WHERE s.member <> '' AND o.party = s.party AND o.name_bytes = s.name_bytes AND o.filed_at IS NULL
      AND o.file_sha256 = s.file_sha256 AND o.id <> s.id) b ON true
WHERE s.party = %(party)s AND s.run_id = %(run)s AND s.lot_no = %(lot)s AND s.filed_at IS NULL
  AND s.state NOT IN ('OPEN', 'WITHDRAWN') AND s.id > %(after)s
ORDER BY s.id LIMIT %(most)s
"""  # noqa: S608 - constants only


def to_file(connection: Connection, party: str, run_id: str, lot_no: int, *, after: int, most: int) -> list[ToFile]:
    """The next `most` unfiled sightings of the lot with an id above `after`, in order of id."""
    rows = connection.execute(
        _TO_FILE,
        {"party": party, "run": run_id, "lot": lot_no, "after": after, "most": most},
    )
    return [ToFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def plan_moves(connection: Connection, targets: Sequence[tuple[ToFile, str]]) -> None:
    """Writes down where each file is about to go, so that a killed task can be taken up again; commits."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger.sighting SET filed_as = %s WHERE party = (SELECT party FROM ledger.sighting WHERE id = %s) "
            "AND name_bytes = %s AND file_sha256 IS NOT DISTINCT FROM %s AND filed_at IS NULL",
            [(target, item.id, item.name_bytes, item.file_sha256) for item, target in targets],
        )
    connection.commit()


def mark_filed(connection: Connection, items: Sequence[ToFile]) -> None:
    """Records that the files lie where `filed_as` says (for an archive: every member of it); commits."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger.sighting s SET filed_at = now() FROM ledger.sighting o WHERE o.id = %s AND s.party = o.party "
            "AND s.name_bytes = o.name_bytes AND s.file_sha256 IS NOT DISTINCT FROM o.file_sha256 "
            "AND s.filed_as = o.filed_as AND s.filed_at IS NULL",
            [(item.id,) for item in items],
        )
    connection.commit()


def mark_told(connection: Connection, items: Sequence[ToFile]) -> None:
    """Records which state each receipt told; commits."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger.sighting SET receipt_state = %s, receipt_at = now() WHERE id = %s",
            [(item.state, item.id) for item in items],
        )
    connection.commit()
