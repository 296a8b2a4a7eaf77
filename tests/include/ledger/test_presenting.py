"""Presentations in the ledger: what may be sent, what an answer moves, and what an earlier send of ours proves."""

# longer because a test module may not import from another one: the driver of one party's presentations stands here

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from include.errors import PersonMustAct
from include.ledger import presenting, stop_switch
from include.ledger.presentation_deciding import decide
from include.ledger.presentation_files import add_form
from include.ledger.presentation_rows import NewRow, identity, open_rows
from include.ledger.sightings import name_party
from include.ledger.validating import record_validations
from include.ledger.warehouse import connect, connect_async
from include.outcomes import Outcome
from include.toll.answer import Answer, Fault
from include.toll.polling import Status
from include.toll.presentation import Consignment, Level

pytestmark = pytest.mark.postgres

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


def house(number: str, *, kind: str = "N740", mrn: str | None = None) -> Consignment:
    return Consignment(Level.HOUSE, "NO351001", mrn=mrn, document_number=number, document_type=kind)


def answer(outcome: str, *, used: bool = False, paths: tuple[str, ...] = (), reply: bytes | None = b"{}") -> Answer:
    return Answer(
        outcome=Outcome(outcome),
        sentence=f"It ended {outcome}.",
        request_sha256="0" * 64,
        started_at=MOMENT,
        ended_at=MOMENT,
        http_status=202 if outcome == "accepted" else 400,
        faults=tuple(Fault(path, "must not be null") for path in paths),
        reply=reply,
        correlation_id="c-1",
        already_used=used,
    )


def status(request_id: uuid.UUID | str, word: str = "SUCCESS", *, used: bool = False) -> Status:
    return Status(
        request_id=str(request_id),
        status=word,
        notified_at=MOMENT,
        faults=() if word == "SUCCESS" else (Fault("mrn", "unknown"),),
        mrn="23NO00000000000001",
        raw=b"{}",
        already_used=used,
    )


class Book:
    """One party's presentations in a warehouse."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._runs = 0
        with connect(dsn) as connection:
            name_party(connection, "nordbil", "Nordbil", "310000019", "Europe/Oslo")
            connection.commit()

    def sql(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with connect(self.dsn) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def open(self, *rows: NewRow | Consignment) -> list[dict[str, Any]]:
        """Opens the rows of one more file; what each became."""
        self._runs += 1
        new = [row if isinstance(row, NewRow) else NewRow(row_no=0, given={}, consignment=row) for row in rows]
        new = [
            NewRow(row_no=number, given={}, consignment=row.consignment, expected=row.expected, corrects=row.corrects)
            for number, row in enumerate(new, start=2)
        ]
        with connect(self.dsn) as connection:
            add_form(connection, "nordbil", f"run-{self._runs}", MOMENT.date(), "0" * 64, {})
            (found,) = connection.execute("SELECT max(id) AS id FROM ledger.presentation_file").fetchall()
            open_rows(
                connection,
                party="nordbil",
                sender="310000019",
                environment="test",
                file_id=found["id"],
                office=None,
                rows=new,
                arrives_again=MONTH,
            )
            connection.commit()
        return self.sql(
            "SELECT r.verdict, r.request_id, p.corrects FROM ledger.presentation_row r "
            "LEFT JOIN ledger.presentation p USING (request_id) WHERE r.file_id = %s ORDER BY r.row_no",
            found["id"],
        )

    async def claim(self, *, most: int = 100, owner: str = "me") -> list[presenting.Intent]:
        async with connect_async(self.dsn) as connection:
            return await presenting.claim(
                connection, party="nordbil", environment="test", owner=owner, most=most, settle=timedelta(seconds=60)
            )

    async def send(self, *answers: Answer, owner: str = "me") -> int:
        """Claims what may be sent and records these answers, one each."""
        intents = await self.claim(owner=owner)
        assert len(intents) == len(answers)
        async with connect_async(self.dsn) as connection:
            return await presenting.record(connection, owner, list(zip(intents, answers, strict=True)))

    async def overdue(self) -> None:
        self.sql("UPDATE ledger.presentation SET settle_until = now() WHERE state = 'SENT'")
        async with connect_async(self.dsn) as connection:
            await presenting.overdue_become_unknown(connection, "nordbil")

    def pause_is_over(self) -> None:
        self.sql("UPDATE ledger.presentation SET repeat_at = now()")

    def told(self, *statuses: Status) -> list[Any]:
        with connect(self.dsn) as connection:
            found = record_validations(connection, statuses)
            connection.commit()
            return found

    def one(self) -> dict[str, Any]:
        (row,) = self.sql("SELECT * FROM ledger.presentation")
        return row


@pytest.fixture
def book(warehouse: str) -> Book:
    return Book(warehouse)


async def test_the_request_id_is_there_before_anything_is_sent_and_stays_in_every_repetition(book: Book) -> None:
    (row,) = book.open(house("HC001"))
    first = await book.claim()
    assert [intent.request_id for intent in first] == [row["request_id"]]
    await book.overdue()
    again = await book.claim()
    assert [(intent.request_id, intent.attempt_no) for intent in again] == [(row["request_id"], 2)]
    assert again[0].consignment == first[0].consignment == house("HC001")


async def test_a_timeout_pauses_and_then_repeats_the_same_id(book: Book) -> None:
    book.open(house("HC001"))
    await book.send(answer("unknown"))
    assert (book.one()["state"], book.one()["maybe_arrived"]) == ("UNKNOWN", True)
    assert await book.claim() == [], "not before the pause is over"
    book.pause_is_over()
    assert len(await book.claim()) == 1


async def test_already_used_after_a_timeout_proves_arrival_and_validation_confirms_it(book: Book) -> None:
    book.open(house("HC001"))
    await book.send(answer("unknown"))
    book.pause_is_over()
    await book.send(answer("refused", used=True, paths=("requestId",)))

    row = book.one()
    assert row["state"] == "UNKNOWN" and row["arrived_at"] is not None
    book.pause_is_over()
    assert await book.claim() == [], "what has arrived is never sent again"

    (changed,) = book.told(status(row["request_id"]))
    row = book.one()
    assert (row["state"], row["decided_by"], row["validation"], row["live"]) == (
        "ACCEPTED", "validation", "SUCCESS", True,
    )  # fmt: skip
    assert (changed.state, changed.validation) == ("ACCEPTED", "SUCCESS")


async def test_already_used_without_an_earlier_send_of_ours_needs_a_person(book: Book) -> None:
    book.open(house("HC001"))
    await book.send(answer("not_sent"))
    book.pause_is_over()
    await book.send(answer("refused", used=True))
    row = book.one()
    assert row["state"] == "NEEDS_PERSON" and "requestId" in row["reason"] and not row["maybe_arrived"]
    assert await book.claim() == []


async def test_what_never_left_is_pending_again_unless_an_earlier_send_may_have_arrived(book: Book) -> None:
    book.open(house("HC001"))
    await book.send(answer("not_sent", reply=None))
    assert book.one()["state"] == "PENDING"
    await book.send(answer("unknown"))
    book.pause_is_over()
    await book.send(answer("not_sent", reply=None))
    assert book.one()["state"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("paths", "state"),
    [(("mrn",), "REFUSED"), (("requestId",), "UNKNOWN"), ((), "UNKNOWN"), (("requestId", "mrn"), "REFUSED")],
)
async def test_a_refusal_after_a_send_that_may_have_arrived_counts_when_it_speaks_of_the_consignment(
    book: Book, paths: tuple[str, ...], state: str
) -> None:
    book.open(house("HC001"))
    await book.send(answer("unknown"))
    book.pause_is_over()
    await book.send(answer("refused", paths=paths))
    assert book.one()["state"] == state


async def test_a_refused_one_that_validates_all_the_same_is_accepted(book: Book) -> None:
    book.open(house("HC001"))
    await book.send(answer("refused", paths=("mrn",)))
    assert (book.one()["state"], book.one()["live"]) == ("REFUSED", False)
    book.told(status(book.one()["request_id"]))
    assert (book.one()["state"], book.one()["live"]) == ("ACCEPTED", True)


async def test_a_validation_status_is_proof_and_the_late_answer_of_its_sender_changes_nothing(book: Book) -> None:
    book.open(house("HC001"))
    (intent,) = await book.claim()
    book.told(status(intent.request_id))
    async with connect_async(book.dsn) as connection:
        moved = await presenting.record(connection, "me", [(intent, answer("refused", paths=("mrn",)))])
    assert moved == 0 and book.one()["state"] == "ACCEPTED"
    assert len(book.sql("SELECT * FROM ledger.presentation_attempt")) == 1, "its evidence is kept"


async def test_success_stays_whatever_comes_and_used_before_is_no_verdict(book: Book) -> None:
    book.open(house("HC001"))
    await book.send(answer("accepted"))
    mine = book.one()["request_id"]
    assert [one.validation for one in book.told(status(mine, "FAILURE", used=True))] == [None]
    assert book.one()["validation"] is None and book.one()["live"]
    book.told(status(mine, "FAILURE", used=True), status(mine), status(mine, "FAILURE"))
    assert book.one()["validation"] == "SUCCESS"
    assert book.told(status(mine, "FAILURE"), status(mine)) == []
    assert book.told(status(mine, "FAILURE")) == []
    assert book.one()["validation"] == "SUCCESS"


async def test_strange_statuses_are_no_error_and_statuses_of_others_change_nothing(book: Book) -> None:
    book.open(house("HC001"))
    await book.send(answer("accepted"))
    mine = book.one()["request_id"]
    assert book.told(status(uuid.uuid4()), status("not-a-uuid")) == []
    book.told(status(str(mine).upper(), "IN_PROGRESS"))
    assert book.one()["validation"] == "IN_PROGRESS"
    book.told(status(mine, "FAILURE"))
    assert (book.one()["validation"], book.one()["live"]) == ("FAILURE", False)
    book.told(status(mine, "IN_PROGRESS"))
    assert book.one()["validation"] == "FAILURE"


async def test_a_consignment_is_presented_once_and_a_failed_one_is_corrected_under_a_new_id(book: Book) -> None:
    (first,) = book.open(house("HC001"))
    (again, other) = book.open(house("HC001"), house("HC001", kind="N703"))
    assert (again["verdict"], again["request_id"]) == ("again", first["request_id"])
    assert other["verdict"] == "presented"
    await book.send(answer("refused", paths=("mrn",)), answer("accepted"))
    book.told(status(other["request_id"], "FAILURE"))
    (once_more, new) = book.open(house("HC001"), house("HC001", kind="N703"))
    assert (once_more["verdict"], once_more["corrects"]) == ("presented", first["request_id"])
    assert (new["verdict"], new["corrects"]) == ("presented", other["request_id"])
    assert len({row["request_id"] for row in (first, other, once_more, new)}) == 4


async def test_a_row_may_name_what_it_corrects(book: Book) -> None:
    (first,) = book.open(house("HC001"))
    named = NewRow(row_no=0, given={}, consignment=house("HC001"), corrects=first["request_id"])
    (bad,) = book.open(named)
    assert bad["verdict"] == "bad", "it is not decided yet"
    await book.send(answer("accepted"))
    (new,) = book.open(named)
    assert (new["verdict"], new["corrects"]) == ("presented", first["request_id"])
    (unknown,) = book.open(NewRow(row_no=0, given={}, consignment=house("X"), corrects=uuid.uuid4()))
    assert unknown["verdict"] == "bad"


async def test_a_container_that_comes_back_after_a_month_is_presented_anew_and_an_mrn_is_not(book: Book) -> None:
    mrn = Consignment(Level.ENS, "NO351001", mrn="23NO00000000000001")
    box = Consignment(Level.CONTAINER, "NO351001", container="JARU0000010")
    book.open(mrn, box)
    await book.send(answer("accepted"), answer("accepted"))
    assert [row["verdict"] for row in book.open(mrn, box)] == ["again", "again"]
    book.sql("UPDATE ledger.presentation SET opened_at = now() - interval '31 days'")
    rows = book.open(mrn, box, box)
    assert [row["verdict"] for row in rows] == ["again", "presented", "again"]
    assert rows[1]["corrects"] is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (house("A"), house("A", mrn="23NO00000000000001"), True),
        (house("A", mrn="23NO00000000000001"), house("A"), True),
        (house("A", mrn="23NO00000000000001"), house("A", mrn="23NO00000000000002"), False),
        (house("A", kind="N740"), house("A", kind="N703"), False),
    ],
)
def test_a_house_is_its_number_and_type_and_its_declaration_where_both_name_one(
    book: Book, one: Consignment, other: Consignment, same: bool
) -> None:
    book.open(one)
    (row,) = book.open(other)
    assert row["verdict"] == ("again" if same else "presented")


def test_expected_houses_are_kept_and_not_presented(book: Book) -> None:
    (row,) = book.open(NewRow(row_no=0, given={}, consignment=house("HC009", mrn="23NO00000000000001"), expected=True))
    assert row["verdict"] == "expected" and book.sql("SELECT * FROM ledger.presentation") == []
    (kept,) = book.sql("SELECT * FROM ledger.expected_house")
    assert (kept["document_number"], kept["mrn"]) == ("HC009", "23NO00000000000001")


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
    import asyncio

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


def test_the_database_refuses_a_second_live_presentation_of_one_consignment(book: Book) -> None:
    book.open(house("HC001"))
    columns = "party, sender, environment, file_id, level, office, document_number, document_type, consignment"
    with psycopg.connect(book.dsn) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(
            f"INSERT INTO ledger.presentation (request_id, row_no, {columns}) "
            f"SELECT gen_random_uuid(), 99, {columns} FROM ledger.presentation".encode()
        )


def test_the_same_consignment_has_one_name() -> None:
    assert identity(house("A", mrn="M")) == "house-consignment N740 A @M"
    assert identity(Consignment(Level.RECEPTACLE, "NO351001", receptacle="R", mrn="M")) == "receptacle R"
