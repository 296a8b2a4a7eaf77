from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from include.ledger import sightings
from include.ledger.sealing import seal
from include.ledger.warehouse import Connection, connect
from tests.drivers.book import Book
from tests.drivers.evidence import FIRST, NOON, PARTIES, decision, evidence, found

#: How a submission gets to each state by legal moves.
WAYS = {
    "PENDING": (),
    "SENT": ("SENT",),
    "ACCEPTED": ("SENT", "ACCEPTED"),
    "REFUSED": ("SENT", "REFUSED"),
    "UNKNOWN": ("SENT", "UNKNOWN"),
    "NEEDS_PERSON": ("SENT", "UNKNOWN", "NEEDS_PERSON"),
}
MOVE = (
    "UPDATE ledger.submission SET state = %(state)s, version = version + %(step)s, owner = %(owner)s, "
    "sent_at = coalesce(sent_at, now()), decided_at = CASE WHEN %(by)s::text IS NULL THEN decided_at ELSE now() END, "
    "decided_by = coalesce(%(by)s, decided_by), resends = CASE WHEN state = 'UNKNOWN' AND %(state)s = 'PENDING' "
    "THEN resends + 1 ELSE resends END WHERE id = %(id)s"
)

Move = Callable[..., None]
Submission = Callable[..., uuid.UUID]


@pytest.fixture
def connection(ledger: Connection) -> Connection:
    """A warehouse that knows one party; nothing is committed."""
    sightings.name_party(ledger, "nordbil", "Nordbil Import AS", "310000019", "Europe/Oslo")
    return ledger


@pytest.fixture
def document(connection: Connection) -> Callable[[int], tuple[int, int]]:
    """Makes a sighting and its document; returns their ids."""

    def make(number: int = 1) -> tuple[int, int]:
        sighting = connection.execute(
            "INSERT INTO ledger.sighting (party, day, name_bytes, name, size, mtime) "
            "VALUES ('nordbil', current_date, %s, %s, 1, 1) RETURNING id",
            (f"{number}.xml".encode(), f"{number}.xml"),
        ).fetchone()
        assert sighting is not None
        made = connection.execute(
            "INSERT INTO ledger.document (party, sha256, size, sighting_id, state) "
            "VALUES ('nordbil', lpad(to_hex(%s::bigint), 64, '0'), 1, %s, 'VALID') RETURNING id",
            (number, sighting["id"]),
        ).fetchone()
        assert made is not None
        connection.execute(
            "UPDATE ledger.sighting SET state = 'TAKEN', document_id = %s WHERE id = %s", (made["id"], sighting["id"])
        )
        return int(sighting["id"]), int(made["id"])

    return make


@pytest.fixture
def move(connection: Connection) -> Move:
    def moved(submission: uuid.UUID, state: str, *, owner: str = "me", by: str | None = None, step: int = 1) -> None:
        if by is None and state in ("ACCEPTED", "REFUSED"):
            by = "answer"
        values = {"id": submission, "state": state, "owner": owner, "by": by, "step": step}
        connection.execute(MOVE, values)

    return moved


@pytest.fixture
def submission(connection: Connection, document: Callable[[int], tuple[int, int]], move: Move) -> Submission:
    """Makes a document's submission in a wanted state."""
    made: list[int] = []

    def make(state: str = "PENDING") -> uuid.UUID:
        made.append(len(made) + 1)
        sighting, found = document(made[-1])
        identity = uuid.uuid4()
        connection.execute(
            "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source, run_id, "
            "lot_no) VALUES (%s, 'nordbil', %s, %s, 1, '310000019', 'none', 'run', 1)",
            (identity, found, sighting),
        )
        for step in WAYS[state]:
            move(identity, step)
        return identity

    return make


@pytest.fixture
def three_days(warehouse: str) -> Iterator[Connection]:
    """Three days of two parties; the second party does nothing on the second day."""
    with connect(warehouse) as connection:
        for party in PARTIES:
            sightings.name_party(connection, party, party, "310000019", "Europe/Oslo")
        for offset in range(3):
            day = FIRST + timedelta(days=offset)
            for party in PARTIES[: 1 if offset == 1 else 2]:
                for number in range(3):
                    evidence(connection, party, number, day)
        decision(connection, "nordbil", datetime(2026, 3, 2, 13, tzinfo=UTC))
        connection.commit()
        yield connection


@pytest.fixture
def sealed(three_days: Connection) -> Connection:
    seal(three_days, now=NOON)
    assert found(three_days) == []
    return three_days


@pytest.fixture
def book(warehouse: str) -> Book:
    return Book(warehouse)
