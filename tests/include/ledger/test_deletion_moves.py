"""A deletion in the ledger: what it takes back, and what the database refuses whatever the code does."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import psycopg
import pytest

from include.ledger.warehouse import Connection

pytestmark = pytest.mark.postgres

Move = Callable[..., None]
Submission = Callable[..., uuid.UUID]


def deletion(connection: Connection, creation: uuid.UUID, *, n: int = 1, by: str | None = "Kari") -> uuid.UUID:
    identity = uuid.uuid4()
    connection.execute(
        "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, operation, sender, avgift_source, "
        "deletes, ways, approved_by) SELECT %s, party, document_id, sighting_id, %s, 'slette', sender, 'none', id, "
        "'{vin}', %s FROM ledger.submission WHERE id = %s",
        (identity, n, by, creation),
    )
    return identity


def state_of(connection: Connection, submission: uuid.UUID) -> str:
    row = connection.execute("SELECT state FROM ledger.submission WHERE id = %s", (submission,)).fetchone()
    return str(row["state"]) if row else ""


@pytest.mark.parametrize("way", [("SENT", "ACCEPTED"), ("SENT", "UNKNOWN", "ACCEPTED")])
def test_an_accepted_deletion_takes_its_creation_back_in_the_same_commit(
    connection: Connection, submission: Submission, move: Move, way: tuple[str, ...]
) -> None:
    creation = submission("ACCEPTED")
    deleting = deletion(connection, creation)
    for step in way[:-1]:
        move(deleting, step)
        assert state_of(connection, creation) == "ACCEPTED"
    move(deleting, way[-1])
    assert state_of(connection, creation) == "DELETED"


@pytest.mark.parametrize("end", ["REFUSED", "UNKNOWN", "NEEDS_PERSON", "PENDING"])
def test_a_deletion_that_is_not_accepted_takes_nothing_back(
    connection: Connection, submission: Submission, move: Move, end: str
) -> None:
    creation = submission("ACCEPTED")
    deleting = deletion(connection, creation)
    move(deleting, "SENT")
    move(deleting, end)
    assert state_of(connection, creation) == "ACCEPTED"


@pytest.mark.parametrize("before", ["PENDING", "SENT", "REFUSED", "UNKNOWN", "NEEDS_PERSON", "ACCEPTED"])
def test_nothing_becomes_deleted_without_an_accepted_deletion(
    connection: Connection, submission: Submission, move: Move, before: str
) -> None:
    creation = submission(before)
    with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        move(creation, "DELETED", by="Kari Nordmann")
    assert state_of(connection, creation) == before


@pytest.mark.parametrize("after", ["PENDING", "SENT", "ACCEPTED", "REFUSED", "UNKNOWN", "NEEDS_PERSON"])
def test_what_is_deleted_stays_deleted(connection: Connection, submission: Submission, move: Move, after: str) -> None:
    creation = submission("ACCEPTED")
    deleting = deletion(connection, creation)
    move(deleting, "SENT")
    move(deleting, "ACCEPTED")
    with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        move(creation, after, by="Kari Nordmann")


def test_a_document_has_one_deletion_under_way(connection: Connection, submission: Submission, move: Move) -> None:
    creation = submission("ACCEPTED")
    first = deletion(connection, creation)
    for step in ("SENT", "UNKNOWN", "NEEDS_PERSON"):
        with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction():
            deletion(connection, creation, n=2)
        move(first, step)
    move(first, "REFUSED", by="Kari Nordmann")
    deletion(connection, creation, n=2)


def test_a_deleted_document_may_be_created_anew(connection: Connection, submission: Submission, move: Move) -> None:
    creation = submission("ACCEPTED")
    again = (
        "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source) "
        "SELECT gen_random_uuid(), party, document_id, sighting_id, 2, sender, 'none' FROM ledger.submission "
        "WHERE id = %s"
    )
    with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction():
        connection.execute(again, (creation,))
    deleting = deletion(connection, creation)
    move(deleting, "SENT")
    move(deleting, "ACCEPTED")
    connection.execute(again, (creation,))


@pytest.mark.parametrize("by", [None, ""])
def test_a_deletion_that_nobody_approved_cannot_be_written(
    connection: Connection, submission: Submission, by: str | None
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="submission_deletes_something"):
        deletion(connection, submission("ACCEPTED"), by=by)


def test_a_creation_cannot_go_straight_to_a_person(connection: Connection, submission: Submission, move: Move) -> None:
    creation = submission("SENT")
    with pytest.raises(psycopg.errors.CheckViolation, match="cannot become"):
        move(creation, "NEEDS_PERSON")
