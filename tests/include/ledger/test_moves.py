from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from itertools import permutations

import psycopg
import pytest

from include.ledger.warehouse import Connection, connect

pytestmark = pytest.mark.postgres

Move = Callable[..., None]
Submission = Callable[..., uuid.UUID]

#: DELETED is reached only through a deletion of its own, see test_deletion_moves.py.
STATES = ["PENDING", "SENT", "ACCEPTED", "REFUSED", "UNKNOWN", "NEEDS_PERSON"]
LEGAL = {
    ("PENDING", "SENT"),
    ("SENT", "PENDING"),
    ("SENT", "ACCEPTED"),
    ("SENT", "REFUSED"),
    ("SENT", "UNKNOWN"),
    ("UNKNOWN", "ACCEPTED"),
    ("UNKNOWN", "REFUSED"),
    ("UNKNOWN", "PENDING"),
    ("UNKNOWN", "NEEDS_PERSON"),
    ("NEEDS_PERSON", "ACCEPTED"),
    ("NEEDS_PERSON", "REFUSED"),
    ("NEEDS_PERSON", "PENDING"),
}


def state_of(connection: Connection, submission: uuid.UUID) -> str:
    row = connection.execute("SELECT state FROM ledger.submission WHERE id = %s", (submission,)).fetchone()
    assert row is not None
    return str(row["state"])


def test_the_database_allows_the_moves_of_the_design_and_refuses_all_others(
    connection: Connection, submission: Submission, move: Move
) -> None:
    allowed = set()
    for before, after in permutations(STATES, 2):
        tried = submission(before)
        person = "Kari Nordmann" if before == "NEEDS_PERSON" else None
        try:
            with connection.transaction():
                move(tried, after, by=person)
            allowed.add((before, after))
        except psycopg.errors.CheckViolation:
            assert state_of(connection, tried) == before

    assert allowed == LEGAL


@pytest.mark.parametrize("step", [0, 2, -1])
def test_a_move_that_does_not_raise_the_version_by_one_is_refused(
    connection: Connection, submission: Submission, move: Move, step: int
) -> None:
    for before, after in sorted(LEGAL):
        tried = submission(before)
        with pytest.raises(psycopg.errors.CheckViolation, match="raise version"), connection.transaction():
            move(tried, after, by="Kari Nordmann", step=step)


def test_only_the_owner_of_an_intent_can_prove_that_it_was_not_sent(
    connection: Connection, submission: Submission, move: Move
) -> None:
    tried = submission("SENT")

    with pytest.raises(psycopg.errors.CheckViolation, match="only its owner"), connection.transaction():
        move(tried, "PENDING", owner="somebody else")
    move(tried, "PENDING", owner="me")

    assert state_of(connection, tried) == "PENDING"


@pytest.mark.parametrize("nobody", [None, "", "answer", "lookup"])
@pytest.mark.parametrize("after", ["ACCEPTED", "REFUSED", "PENDING"])
def test_what_needs_a_person_is_decided_by_a_person_with_a_name(
    connection: Connection, submission: Submission, nobody: str | None, after: str
) -> None:
    tried = submission("NEEDS_PERSON")

    with pytest.raises(psycopg.errors.CheckViolation, match="only a named person"):
        connection.execute(
            "UPDATE ledger.submission SET state = %s, version = version + 1, decided_at = now(), decided_by = %s "
            "WHERE id = %s",
            (after, nobody, tried),
        )


@pytest.mark.parametrize("state", ["ACCEPTED", "REFUSED"])
def test_a_decision_without_time_and_author_is_refused(
    connection: Connection, submission: Submission, state: str
) -> None:
    tried = submission("SENT")

    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "UPDATE ledger.submission SET state = %s, version = version + 1 WHERE id = %s", (state, tried)
        )


@pytest.mark.parametrize("state", [state for state in STATES if state != "PENDING"])
def test_a_submission_is_born_pending(
    connection: Connection, document: Callable[[int], tuple[int, int]], state: str
) -> None:
    sighting, found = document(1)

    with pytest.raises(psycopg.errors.CheckViolation, match="begins as PENDING"):
        connection.execute(
            "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source, state, "
            "sent_at, decided_at, decided_by) VALUES (%s, 'nordbil', %s, %s, 1, '310000019', 'none', %s, now(), now(), "
            "'answer')",
            (uuid.uuid4(), found, sighting, state),
        )


@pytest.mark.parametrize(
    "change",
    ["UPDATE ledger.attempt SET outcome = 'accepted'", "DELETE FROM ledger.attempt", "TRUNCATE ledger.attempt"],
)
def test_evidence_is_append_only(connection: Connection, submission: Submission, change: str) -> None:
    connection.execute(
        "INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome) "
        "VALUES (now(), %s, 1, 'me', now(), 'unknown')",
        (submission("SENT"),),
    )

    with pytest.raises(psycopg.errors.CheckViolation, match="append only"):
        connection.execute(change.encode())


@pytest.mark.parametrize("state", ["PENDING", "SENT", "UNKNOWN", "NEEDS_PERSON", "ACCEPTED"])
def test_a_document_on_its_way_or_accepted_gets_no_second_submission(
    connection: Connection, submission: Submission, state: str
) -> None:
    first = submission(state)

    with pytest.raises(psycopg.errors.UniqueViolation):
        _again(connection, first)


def test_a_refused_document_gets_another_one_and_then_no_third(connection: Connection, submission: Submission) -> None:
    first = submission("REFUSED")

    _again(connection, first)

    with pytest.raises(psycopg.errors.UniqueViolation):
        _again(connection, first, n=3)


def test_of_many_tries_at_once_to_open_one_document_one_wins(warehouse: str) -> None:
    with connect(warehouse) as connection:
        connection.execute("INSERT INTO ledger.party VALUES ('nordbil', 'Nordbil', '310000019')")
        connection.execute(
            "INSERT INTO ledger.document (party, sha256, size, sighting_id) VALUES ('nordbil', %s, 1, 1)", ("0" * 64,)
        )
        connection.commit()
    ends: list[str] = []
    together = threading.Barrier(8)

    def open_it() -> None:
        with connect(warehouse) as mine:
            together.wait()
            try:
                mine.execute(
                    "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source) "
                    "SELECT %s, party, id, 1, %s, '310000019', 'none' FROM ledger.document",
                    (uuid.uuid4(), threading.get_native_id()),
                )
                mine.commit()
                ends.append("opened")
            except psycopg.errors.UniqueViolation:
                ends.append("refused")

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["opened"] + ["refused"] * 7


def _again(connection: Connection, first: uuid.UUID, n: int = 2) -> None:
    connection.execute(
        "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source) "
        "SELECT %s, party, document_id, sighting_id, %s, sender, avgift_source FROM ledger.submission WHERE id = %s",
        (uuid.uuid4(), n, first),
    )
