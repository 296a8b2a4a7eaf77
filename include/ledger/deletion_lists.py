"""Lists of deletions: what lies in a party's folder deletions/, what was read, where it went, what its receipt told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """One file of the folder. `is_quiet`: size and time have not changed for as long as the party's setting asks."""

    id: int
    name_bytes: bytes
    name: str
    is_quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFile:
    """A list that was read, or cannot be, and still lies in deletions/."""

    id: int
    name_bytes: bytes
    state: str
    file_sha256: str | None
    first_seen_at: datetime
    filed_as: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListToTell:
    """A list whose receipt is behind; `told` is the fingerprint that it has once it is written."""

    id: int
    name_bytes: bytes
    name: str
    file_sha256: str | None
    state: str
    reason: str | None
    filed_as: str | None
    told: str
    rows: list[dict[str, Any]]


def observe(
    connection: Connection, party: str, files: Sequence[tuple[bytes, str, int, int]], *, quiet_seconds: float
) -> list[ListFile]:
    """Records a listing (name, shown name, bytes, mtime) and returns what is not read yet; the caller commits.

    A file that changed begins its quiet time anew; one that is gone is WITHDRAWN.
    """
    names = [name for name, *_ in files]
    connection.execute(
        "UPDATE ledger.deletion_list SET state = 'WITHDRAWN' WHERE party = %s AND state = 'OPEN' "
        "AND NOT name_bytes = ANY(%s)",
        (party, names),
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger.deletion_list AS l (party, name_bytes, name, size, mtime) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (party, name_bytes) WHERE filed_at IS NULL AND state <> 'WITHDRAWN' DO UPDATE "
            "SET size = excluded.size, mtime = excluded.mtime, stable_since = now() WHERE l.state = 'OPEN' "
            "AND (l.size, l.mtime) IS DISTINCT FROM (excluded.size, excluded.mtime)",
            [(party, *file) for file in files],
        )
    rows = connection.execute(
        "SELECT id, name_bytes, name, now() - stable_since >= %s AS is_quiet FROM ledger.deletion_list "
        "WHERE party = %s AND state = 'OPEN' ORDER BY id",
        (timedelta(seconds=quiet_seconds), party),
    )
    return [ListFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def take(connection: Connection, list_id: int, *, file_sha256: str | None, reason: str | None) -> bool:
    """The list was read, or cannot be (`reason`); the caller commits. False when another process was quicker."""
    cursor = connection.execute(
        "UPDATE ledger.deletion_list SET state = %s, file_sha256 = %s, reason = %s WHERE id = %s AND state = 'OPEN'",
        ("TAKEN" if reason is None else "UNREADABLE", file_sha256, reason, list_id),
    )
    return cursor.rowcount == 1


def to_file(connection: Connection, party: str) -> list[ToFile]:
    """Lists that are to be moved away."""
    rows = connection.execute(
        "SELECT id, name_bytes, state, file_sha256, stable_since AS first_seen_at, filed_as FROM ledger.deletion_list "
        "WHERE party = %s AND filed_at IS NULL AND state IN ('TAKEN', 'UNREADABLE') ORDER BY id",
        (party,),
    )
    return [ToFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def plan_move(connection: Connection, list_id: int, target: str) -> None:
    """Writes down where the file is about to go, so that a killed task can be taken up again; commits."""
    connection.execute("UPDATE ledger.deletion_list SET filed_as = %s WHERE id = %s", (target, list_id))
    connection.commit()


def mark_filed(connection: Connection, list_id: int) -> None:
    """It lies where `filed_as` says; commits."""
    connection.execute("UPDATE ledger.deletion_list SET filed_at = now() WHERE id = %s", (list_id,))
    connection.commit()


def to_tell(connection: Connection, party: str) -> list[ListToTell]:
    """Lists whose receipt does not tell the present states."""
    rows = connection.execute(_TO_TELL, {"party": party})
    return [
        ListToTell(
            **{key: value for key, value in row.items() if key != "before"} | {"name_bytes": bytes(row["name_bytes"])}
        )
        for row in rows
    ]


# What is settled for good is not looked at again after a while; a receipt that is behind always is.
_TO_TELL = """
SELECT * FROM (
    SELECT l.id, l.name_bytes, l.name, l.file_sha256, l.state, l.reason, l.filed_as, c.rows,
        md5(concat_ws('|', l.state, l.reason, l.filed_as, c.rows::text)) AS told, l.told AS before
    FROM ledger.deletion_list l
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_object('row', r.row_no, 'asked_for', r.key, 'reason', r.reason,
            'state', t.state, 'sentence', t.sentence, 'vin', d.vin, 'ivi_reference', d.ivi_reference, 'kuid', c.kuid,
            'meldingskode', u.meldingskode, 'meldingstekst', u.meldingstekst) ORDER BY r.row_no), '[]') AS rows
        FROM ledger.deletion_request r JOIN ledger.deletion_status t ON t.id = r.id
        LEFT JOIN ledger.document d ON d.id = r.document_id
        LEFT JOIN ledger.submission u ON u.id = r.submission_id
        LEFT JOIN ledger.submission c ON c.id = u.deletes
        WHERE r.list_id = l.id) c
    WHERE l.party = %(party)s AND l.state IN ('TAKEN', 'UNREADABLE')
      AND (l.told IS NULL OR l.stable_since > now() - interval '400 days')) x
WHERE before IS DISTINCT FROM told ORDER BY id
"""


def mark_told(connection: Connection, told: Sequence[tuple[int, str]]) -> None:
    """These receipts were written; commits."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger.deletion_list SET told = %s WHERE id = %s", [(mark, identity) for identity, mark in told]
        )
    connection.commit()
