"""Evidence of a few days, what proves it, and what somebody with all rights may do to it afterwards."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from include.ledger.verifying import Verified, verify
from include.ledger.warehouse import Connection

FIRST = date(2026, 3, 1)
PARTIES = ("nordbil", "fjordimport")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""Three days are over: 1, 2 and 3 March."""
#: The first attempt of the first party on 2 March.
ATTEMPT = (
    "id = (SELECT min(a.id) FROM ledger.attempt a JOIN ledger.submission u ON u.id = a.submission_id "
    "WHERE u.party = 'nordbil' AND a.recorded_at::date = '2026-03-02')"
)


def evidence(connection: Connection, party: str, number: int, day: date, outcome: str = "accepted") -> None:
    """One document with an attempt recorded at noon of a day, and an answer whose bytes are kept."""
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(seconds=number)
    key = f"{party}-{day}-{number}"
    identity, body = uuid.uuid5(uuid.NAMESPACE_URL, key), f"answer {key}".encode()
    row = connection.execute(
        "INSERT INTO ledger.document (party, sha256, size, sighting_id) VALUES (%s, %s, 1, 1) RETURNING id",
        (party, sha256(key.encode()).hexdigest()),
    ).fetchone()
    assert row is not None
    connection.execute(
        "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source) "
        "VALUES (%s, %s, %s, 1, 1, '310000019', 'none')",
        (identity, party, row["id"]),
    )
    connection.execute(
        "INSERT INTO ledger.reply (sha256, body, stored_at) VALUES (%s, %s, %s)",
        (sha256(body).hexdigest(), body, moment),
    )
    connection.execute(
        "INSERT INTO ledger.attempt (ended_at, recorded_at, submission_id, attempt_no, owner, started_at, outcome, "
        "request_sha256, reply_sha256, sentence) VALUES (%s, %s, %s, 1, 'me', %s, %s, %s, %s, 'Ærlig svar.')",
        (moment, moment, identity, moment, outcome, "0" * 64, sha256(body).hexdigest()),
    )


def decision(connection: Connection, party: str, moment: datetime) -> None:
    connection.execute(
        "INSERT INTO ledger.decision (document_id, decided_at, decided_by, from_state, to_state, reason, evidence) "
        "SELECT id, %s, 'Kari Nordmann', 'UNKNOWN', 'ACCEPTED', 'Telephone.', '{\"n\": [1, 2.5]}' FROM ledger.document "
        "WHERE party = %s ORDER BY id LIMIT 1",
        (moment, party),
    )


def found(connection: Connection, *anchors: str) -> list[str]:
    """What `make verify-ledger` says."""
    return list(verify(connection, Verified(), anchors))


def tamper(connection: Connection, table: str, statement: str, *values: object) -> int:
    """What somebody with all rights does: past the triggers that refuse it."""
    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
    rows = connection.execute(statement.encode(), values).rowcount
    connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL".encode())
    connection.commit()
    return rows
