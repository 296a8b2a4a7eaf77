"""What the importer is told of a file's consignments: which files, which rows, and what was written last."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from include.ledger.warehouse import Connection, Row

_SPACE = 20_263  # first half of the lock's key: routing receipts
_LATEST = 200
"""Receipts that one task writes; the rest comes with the next one."""
_CONSIGNMENTS = """
SELECT c.id FROM ledger.presentation p JOIN ledger.customs_consignment c ON c.request_id = p.request_id
WHERE p.file_id = %(file)s
UNION
SELECT c.id FROM ledger.presentation_file f JOIN ledger.expected_house e ON e.presentation_file_id = f.id
JOIN ledger.customs_party w ON w.party = f.party
JOIN ledger.customs_consignment c ON c.organisation_id = w.organisation_id AND c.kind = 'house'
    AND c.document_number = e.document_number AND c.document_type = e.document_type
    AND (e.mrn IS NULL OR c.mrn IN ('', e.mrn))
WHERE f.id = %(file)s
"""


@dataclass(frozen=True, slots=True)
class StaleReceipt:
    """A presentation file whose routing receipt is to be written; `sha256` is that of the receipt written last."""

    file_id: int
    name_bytes: bytes
    file_sha256: str
    sha256: str | None


def stale(connection: Connection, party: str) -> list[StaleReceipt]:
    """Files of the party about whose consignments something changed, or has become overdue, since they were told."""
    rows = connection.execute(
        "SELECT r.file_id, f.name_bytes, f.sha256 AS file_sha256, r.sha256 FROM ledger.routing_receipt r "
        "JOIN ledger.presentation_file f ON f.id = r.file_id WHERE r.party = %s AND f.sha256 IS NOT NULL "
        "AND (r.stale OR r.look_again_at <= now()) ORDER BY r.file_id LIMIT %s",
        (party, _LATEST),
    ).fetchall()
    connection.commit()
    return [StaleReceipt(**row) for row in rows]


@contextmanager
def turn(connection: Connection, party: str) -> Iterator[None]:
    """The party's receipts are written by one at a time: two polls may have news at the same moment."""
    key = (_SPACE, zlib.crc32(party.encode()) - 2**31)
    connection.execute("SET LOCAL lock_timeout = '60s'")
    connection.execute("SELECT pg_advisory_lock(%s, %s)", key)
    connection.commit()
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)
            connection.commit()


def rows_of(connection: Connection, file_id: int) -> Iterator[Row]:
    """The file's consignments as the mart shows them, in the order a person looks for them."""
    yield from connection.execute(
        f"SELECT * FROM mart.customs_consignment WHERE consignment_id IN ({_CONSIGNMENTS}) "  # noqa: S608 - constant
        "ORDER BY mrn NULLS LAST, document_number, document_type, consignment_id".encode(),
        {"file": file_id},
    )


def hold(connection: Connection, file_id: int) -> None:
    """Until the commit nobody marks the receipt as stale: what is read now is what is there."""
    connection.execute("SELECT 1 FROM ledger.routing_receipt WHERE file_id = %s FOR UPDATE", (file_id,))


def mark_written(connection: Connection, file_id: int, sha256: str) -> None:
    """Notes what was written and when something in it becomes overdue by itself; the caller commits."""
    connection.execute(
        f"UPDATE ledger.routing_receipt SET stale = false, sha256 = %(sha256)s, written_at = now(), look_again_at = ("  # noqa: S608 - constant
        "SELECT min(due) FROM (SELECT v.presented_at + make_interval(mins => w.signal_minutes) AS due "
        "FROM mart.customs_consignment v JOIN ledger.customs_party w ON w.party = v.presented_by "
        f"WHERE v.consignment_id IN ({_CONSIGNMENTS}) AND v.signals = 0) d WHERE due > now()) "
        "WHERE file_id = %(file)s".encode(),
        {"file": file_id, "sha256": sha256},
    )
