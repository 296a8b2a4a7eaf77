"""What a row of a presentation file becomes: presented, again, a correction, expected or bad."""

from __future__ import annotations

import uuid

import psycopg
import pytest

from include.ledger.presentation_rows import NewRow, identity
from include.toll.presentation import Consignment, Level
from tests.drivers.book import Book, answer, house, status

pytestmark = pytest.mark.postgres


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
