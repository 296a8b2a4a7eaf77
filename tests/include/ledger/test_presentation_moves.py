"""Who may move a presentation: senders beside each other, a stop, a named person; the database refuses the rest."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

import psycopg
import pytest

from include.errors import PersonMustAct
from include.ledger import presenting, stop_switch
from include.ledger.presentation_deciding import decide
from include.ledger.warehouse import connect, connect_async
from tests.drivers.book import Book, answer, house

pytestmark = pytest.mark.postgres


async def test_a_stop_switch_holds_and_another_environment_is_never_sent(book: Book) -> None:
    book.open(house("HC001"))
    with connect(book.dsn) as connection:
        stop_switch.stop(connection, "toll", "nordbil", reason="test", by="me")
    assert await book.claim() == []
    with connect(book.dsn) as connection:
        stop_switch.go(connection, "toll", "nordbil", reason="test", by="me")
    book.sql("ALTER TABLE ledger.presentation DISABLE TRIGGER presentation_moves")
    book.sql("UPDATE ledger.presentation SET environment = 'prod'")
    assert await book.claim() == []


async def test_four_senders_at_once_claim_each_one_once(book: Book) -> None:
    book.open(*(house(f"HC{number}") for number in range(50)))
    claims = await asyncio.gather(*(book.claim(most=25, owner=f"o{number}") for number in range(4)))
    found = [intent.request_id for intents in claims for intent in intents]
    assert len(found) == len(set(found)) == 50


async def test_only_the_owner_proves_that_it_was_not_sent(book: Book) -> None:
    book.open(house("HC001"))
    intents = await book.claim(owner="me")
    async with connect_async(book.dsn) as connection:
        await presenting.give_back(connection, "another", intents)
        assert book.one()["state"] == "SENT"
        await presenting.give_back(connection, "me", intents)
    assert book.one()["state"] == "PENDING"


async def test_what_stays_unknown_for_a_day_waits_for_a_person(book: Book) -> None:
    book.open(house("HC001"))
    await book.send(answer("unknown"))
    book.sql("UPDATE ledger.presentation SET first_sent_at = now() - interval '25 hours'")
    await book.overdue()
    assert book.one()["state"] == "NEEDS_PERSON" and await book.claim() == []


async def test_a_named_person_settles_what_waits_and_nothing_else(book: Book) -> None:
    book.open(house("HC001"), house("HC002"), house("HC003"))
    await book.send(answer("unknown"), answer("refused", used=True), answer("accepted"))
    unknown, stranger, done = (
        row["request_id"] for row in book.sql("SELECT request_id FROM ledger.presentation ORDER BY row_no")
    )
    with connect(book.dsn) as connection:
        for name in ("", "answer", "validation"):
            with pytest.raises(PersonMustAct, match="name of a person"):
                decide(connection, unknown, "accepted", by=name, words="Told by telephone.")
        with pytest.raises(PersonMustAct, match="waits for nobody"):
            decide(connection, done, "refused", by="Kari", words="Told by telephone.")
        connection.rollback()
        with pytest.raises(PersonMustAct, match="no presentation"):
            decide(connection, uuid.uuid4(), "refused", by="Kari", words="Told by telephone.")
        assert "ACCEPTED" in decide(connection, unknown, "accepted", by="Kari", words="Told by telephone.")
        for _ in range(2):
            assert "REFUSED" in decide(connection, stranger, "refused", by="Kari", words="Told by telephone.")
    rows = book.sql("SELECT state, decided_by, live, version FROM ledger.presentation ORDER BY row_no")
    assert [(row["state"], row["decided_by"], row["live"]) for row in rows] == [
        ("ACCEPTED", "Kari", True), ("REFUSED", "Kari", False), ("ACCEPTED", "answer", True),
    ]  # fmt: skip
    assert [row["version"] for row in rows] == [4, 3, 2]
    (again,) = book.open(house("HC002"))
    assert (again["verdict"], again["corrects"]) == ("presented", stranger)


ILLEGAL: list[tuple[str, Callable[[str], str]]] = [
    ("PENDING", lambda _: "state = 'ACCEPTED', version = version + 1, sent_at = now(), decided_at = now()"),
    ("PENDING", lambda _: "office = 'NO371001'"),
    ("SENT", lambda _: "state = 'UNKNOWN', maybe_arrived = true"),
    ("SENT", lambda _: "state = 'PENDING', version = version + 1, owner = 'somebody else'"),
    ("UNKNOWN", lambda _: "maybe_arrived = false"),
    ("UNKNOWN", lambda _: "state = 'PENDING', version = version + 1"),
]


@pytest.mark.parametrize(("state", "change"), ILLEGAL)
async def test_the_database_refuses_what_no_move_allows(book: Book, state: str, change: Callable[[str], str]) -> None:
    book.open(house("HC001"))
    if state != "PENDING":
        await book.claim()
    if state == "UNKNOWN":
        await book.overdue()
    with psycopg.connect(book.dsn) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(f"UPDATE ledger.presentation SET decided_by = 'answer', {change(state)}".encode())
