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
    that are not decided: an archive is moved when it reaches zero. `is_moved` says that another member's turn moved it.
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
    is_moved: bool = False

    @property
    def is_decided(self) -> bool:
        """True when the file's place is known: nothing more can happen to it in this journey."""
        return self.status in ("accepted", "refused", "invalid", "duplicate")

    @property
    def needs_receipt(self) -> bool:
        """True when the importer has not been told the present state."""
        return self.receipt_state != self.state


_FACTS = """
jsonb_build_object('sidecar', s.companion ->> 'sidecar', 'vin', d.vin, 'ivi_reference', u.ivi_reference,
    'returned_reference', u.returned_reference,
    'kuid', u.kuid, 'merkekode', u.merkekode, 'avgiftsKode', u.avgiftskode, 'avgift_source', u.avgift_source,
    'meldingskode', u.meldingskode, 'meldingstype', u.meldingstype, 'meldingstekst', u.meldingstekst,
    'authority_time', u.authority_time, 'remarks', coalesce(u.remarks, '[]'), 'settle_until', u.settle_until,
    'reason', coalesce(u.reason, d.hold_reason), 'first_name', f.name, 'first_state', f.state,
    'same_name_before', coalesce(s.duplicate_of IS NOT NULL
        AND coalesce(nullif(f.member, ''), f.name) = coalesce(nullif(s.member, ''), s.name), false),
    'first_sha256', d.sha256,
    'findings', coalesce((SELECT jsonb_agg(jsonb_build_object('rule_id', x.rule_id, 'level', x.level, 'path', x.path,
        'coc_entry', x.coc_entry, 'sentence', x.sentence) ORDER BY x.id)
        FROM ledger.finding x WHERE x.document_id = d.id AND x.source = 'own'
        AND x.found_at > d.first_seen_at - interval '1 day' AND x.found_at < now() + interval '1 day'), '[]'))
"""

# Every sighting is looked up by its whole key, and months that cannot hold it are named in no plan: without that each
# row costs a look into the partitions of all months, and a plan made before the first statistics reads the history.
_LOT = """
WITH lot AS MATERIALIZED (
    SELECT id, first_seen_at FROM ledger.sighting
    WHERE party = %(party)s AND run_id = %(run)s AND lot_no = %(lot)s AND filed_at IS NULL
      AND state NOT IN ('OPEN', 'WITHDRAWN') AND id > %(after)s AND first_seen_at < now() + interval '1 day'),
page AS MATERIALIZED (SELECT * FROM lot ORDER BY id LIMIT %(most)s)
"""

# Filed long ago; what they are about was deleted since.
_DELETED = """
WITH page AS MATERIALIZED (
    SELECT s.id, s.first_seen_at FROM ledger.submission u JOIN ledger.sighting s ON s.id = u.sighting_id
    JOIN ledger.sighting_status t ON t.id = s.id AND t.first_seen_at = s.first_seen_at
    WHERE u.party = %(party)s AND u.state = 'DELETED' AND t.state = 'DELETED' AND s.filed_at IS NOT NULL
      AND s.receipt_state IS DISTINCT FROM 'DELETED' AND s.id > %(after)s ORDER BY s.id LIMIT %(most)s)
"""

_EACH = f"""
SELECT s.id, s.first_seen_at, s.name_bytes, s.name, s.member, s.file_sha256, d.sha256, s.size, s.mtime, t.status,
    t.state, s.rule_id, s.reason, s.leave_in_place, s.filed_as, s.receipt_state,
    coalesce(b.open, 0) AS siblings_open, coalesce(b.bad, 0) AS siblings_bad, b.filed > 0 AS is_moved, {_FACTS} AS facts
FROM page p
CROSS JOIN LATERAL (
    SELECT * FROM ledger.sighting x WHERE x.id = p.id AND x.first_seen_at = p.first_seen_at LIMIT 1) s
CROSS JOIN LATERAL (
    SELECT * FROM ledger.sighting_status x WHERE x.id = p.id AND x.first_seen_at = p.first_seen_at LIMIT 1) t
LEFT JOIN ledger.document d ON d.id = s.document_id
LEFT JOIN LATERAL (
    SELECT x.name, x.member, x.state, x.submission_id FROM ledger.sighting_status x
    WHERE s.duplicate_of IS NOT NULL AND x.id = s.duplicate_of LIMIT 1) f ON true
LEFT JOIN ledger.submission u ON u.id = coalesce(t.submission_id, f.submission_id)
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE y.status IN ('open', 'unknown')) AS open,
           count(*) FILTER (WHERE y.status IN ('refused', 'invalid')) AS bad,
           count(*) FILTER (WHERE o.filed_at IS NOT NULL) AS filed
    FROM ledger.sighting o JOIN ledger.sighting_status y ON y.id = o.id AND y.first_seen_at = o.first_seen_at
    WHERE s.member <> '' AND o.member <> '' AND o.party = s.party AND o.file_sha256 = s.file_sha256
      AND o.name_bytes = s.name_bytes AND (o.filed_at IS NULL OR o.filed_as = s.filed_as) AND o.id <> s.id) b ON true
ORDER BY s.id
"""  # noqa: S608 - constants only


def to_file(connection: Connection, party: str, run_id: str, lot_no: int, *, after: int, most: int) -> list[ToFile]:
    """The next `most` unfiled sightings of the lot with an id above `after`, in order of id."""
    rows = connection.execute(
        _LOT + _EACH,
        {"party": party, "run": run_id, "lot": lot_no, "after": after, "most": most},
    )
    return [ToFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def deleted_to_tell(connection: Connection, party: str, *, after: int, most: int) -> list[ToFile]:
    """The next `most` filed sightings whose document was deleted and whose receipt does not say so yet."""
    rows = connection.execute(_DELETED + _EACH, {"party": party, "after": after, "most": most})
    return [ToFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def plan_moves(connection: Connection, targets: Sequence[tuple[ToFile, str]]) -> None:
    """Writes down where each file is about to go, so that a killed task can be taken up again; commits."""
    _for_files(connection, "filed_as = u.told", targets)


def mark_filed(connection: Connection, items: Sequence[ToFile]) -> None:
    """Records that these lie where `filed_as` says and their importer was told, so nothing is left to do; commits."""
    connection.execute(
        "UPDATE ledger.sighting s SET filed_at = now() FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) "
        "AS u (id, seen, told) WHERE s.id = u.id AND s.first_seen_at = u.seen AND s.filed_at IS NULL",
        _columns([(item, None) for item in items]),
    )
    connection.commit()


def mark_told(connection: Connection, items: Sequence[ToFile]) -> None:
    """Records which state each receipt told; commits."""
    connection.execute(
        "UPDATE ledger.sighting s SET receipt_state = u.told, receipt_at = now() "
        "FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) AS u (id, seen, told) "
        "WHERE s.id = u.id AND s.first_seen_at = u.seen",
        _columns([(item, item.state) for item in items]),
    )
    connection.commit()


def _for_files(connection: Connection, change: str, told: Sequence[tuple[ToFile, str | None]], more: str = "") -> None:
    """Changes every unfiled sighting of these files: an archive has one per member.

    LIMIT and OFFSET keep the three steps apart: joined freely, and with statistics older than tonight's files, the
    planner compares every file with every other one of the party.
    """
    connection.execute(
        "WITH mine AS MATERIALIZED (SELECT f.id, f.first_seen_at, u.told "  # noqa: S608 - constants of this module
        "FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) AS u (id, seen, told) CROSS JOIN LATERAL ("
        "SELECT * FROM ledger.sighting x WHERE x.id = u.id AND x.first_seen_at = u.seen LIMIT 1) o CROSS JOIN LATERAL ("
        "SELECT s.id, s.first_seen_at FROM ledger.sighting s WHERE s.party = o.party AND s.name_bytes = o.name_bytes "
        "AND s.file_sha256 IS NOT DISTINCT FROM o.file_sha256 AND s.filed_at IS NULL "
        f"AND s.first_seen_at < now() + interval '1 day' {more} OFFSET 0) f) "
        f"UPDATE ledger.sighting s SET {change} FROM mine u WHERE s.id = ANY(ARRAY(SELECT id FROM mine)) "
        "AND s.id = u.id AND s.first_seen_at = u.first_seen_at AND s.filed_at IS NULL "
        "AND s.first_seen_at < now() + interval '1 day'",
        _columns(told),
    )
    connection.commit()


def _columns(told: Sequence[tuple[ToFile, str | None]]) -> tuple[list[int], list[datetime], list[str | None]]:
    return [item.id for item, _ in told], [item.first_seen_at for item, _ in told], [text for _, text in told]
