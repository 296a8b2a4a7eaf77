"""What importers are told of their presentation files, and where those files go: the last leg of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from include.ledger.presentation_rows import Verdict
from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFile:
    """A file whose receipt or place at the drop is behind.

    `waiting` counts rows that were not tried yet, `opened` those that opened a presentation, `failed` those of them
    that customs refused. A file is filed away when nothing of it waits.
    """

    id: int
    source: Literal["file", "form"]
    name: str
    name_bytes: bytes
    size: int
    mtime: int
    seen_at: datetime
    state: str
    refusal: dict[str, str] | None
    sha256: str | None
    first_name: str | None
    leave_in_place: bool
    filed_as: str | None
    filed_at: datetime | None
    told: str | None
    waiting: int
    opened: int
    failed: int

    @property
    def is_rejected(self) -> bool:
        """True when nothing of the file was presented, now or before."""
        return self.state == "INVALID" or (self.state == "CHECKED" and self.opened == self.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """One row of a file with the presentation that it opened, or that presents it already (`first_name`)."""

    row_no: int
    verdict: Verdict
    given: dict[str, str] = field(repr=False)
    remarks: list[dict[str, Any]]
    request_id: UUID | None
    corrects: UUID | None
    state: str | None
    validation: str | None
    arrived: bool | None
    faults: list[dict[str, str]] | None
    validation_faults: list[dict[str, str]] | None
    sent_at: datetime | None
    decided_at: datetime | None
    validated_at: datetime | None
    first_name: str | None
    told: str | None

    @property
    def is_untold(self) -> bool:
        """True when the presentation that this row opened has moved on since the last receipt."""
        return self.verdict == "presented" and self.told != self.now

    @property
    def now(self) -> str:
        """The state that a receipt tells, as `ledger.presentation.told` has it."""
        return f"{self.state}/{self.validation or ''}"


_UNTOLD = "p.told IS DISTINCT FROM (p.state || '/' || coalesce(p.validation, ''))"
_FILES = f"""
WITH behind AS (
    SELECT id FROM ledger.presentation_file WHERE party = %(party)s AND filed_at IS NULL
      AND state NOT IN ('OPEN', 'TAKEN', 'WITHDRAWN') AND NOT (leave_in_place AND told IS NOT DISTINCT FROM state)
    UNION SELECT p.file_id FROM ledger.presentation p WHERE p.party = %(party)s AND {_UNTOLD})
SELECT f.id, f.source, f.name, f.name_bytes, f.size, f.mtime, f.seen_at, f.state, f.refusal, f.sha256,
    d.name AS first_name, f.leave_in_place, f.filed_as, f.filed_at, f.told, n.waiting, n.opened, n.failed
FROM ledger.presentation_file f
LEFT JOIN ledger.presentation_file d ON d.id = f.duplicate_of
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE p.state IN ('PENDING', 'SENT')) AS waiting, count(*) AS opened,
        count(*) FILTER (WHERE p.state = 'REFUSED') AS failed
    FROM ledger.presentation p WHERE p.file_id = f.id) n
WHERE f.id IN (SELECT id FROM behind) ORDER BY f.id
"""  # noqa: S608 - constants only
_ROWS = """
SELECT r.row_no, r.verdict, r.given, r.remarks, r.request_id, p.corrects, p.state, p.validation,
    p.arrived_at IS NOT NULL AS arrived, p.faults, p.validation_faults, p.sent_at, p.decided_at, p.validated_at,
    CASE WHEN r.verdict = 'again' THEN f.name END AS first_name, p.told
FROM ledger.presentation_row r
LEFT JOIN ledger.presentation p ON p.request_id = r.request_id
LEFT JOIN ledger.presentation_file f ON f.id = p.file_id
WHERE r.file_id = %s ORDER BY r.row_no
"""


def to_tell(connection: Connection, party: str) -> list[ToldFile]:
    """Files of the party that are not filed yet, or in whose presentations something changed since the last receipt."""
    rows = connection.execute(_FILES, {"party": party})
    return [ToldFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def rows_of(connection: Connection, file: int) -> Iterator[ToldRow]:
    """Every row of a file, in its order."""
    return (ToldRow(**row) for row in connection.execute(_ROWS, (file,)))


def plan_move(connection: Connection, file: int, target: str) -> None:
    """Writes down where a file is about to go, so that a killed task can be taken up again; commits."""
    connection.execute(
        "UPDATE ledger.presentation_file SET filed_as = %s WHERE id = %s AND filed_at IS NULL", (target, file)
    )
    connection.commit()


def mark_filed(connection: Connection, file: int) -> None:
    """Records that the file lies where `filed_as` says; commits."""
    connection.execute(
        "UPDATE ledger.presentation_file SET filed_at = now() WHERE id = %s AND filed_at IS NULL", (file,)
    )
    connection.commit()


def mark_told(connection: Connection, file: ToldFile, rows: Sequence[tuple[UUID, str]]) -> None:
    """Records what the receipt of a file told: its state, and the one of each presentation it opened; commits."""
    connection.execute(
        "UPDATE ledger.presentation_file SET told = %s, told_at = now() WHERE id = %s", (file.state, file.id)
    )
    connection.execute(
        "UPDATE ledger.presentation p SET told = u.told FROM unnest(%s::uuid[], %s::text[]) AS u (id, told) "
        "WHERE p.request_id = u.id",
        ([request_id for request_id, _ in rows], [told for _, told in rows]),
    )
    connection.commit()
