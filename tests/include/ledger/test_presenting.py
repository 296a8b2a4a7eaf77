"""Presentations in the ledger: what an answer moves, and what an earlier send of ours and a validation prove."""

from __future__ import annotations

import uuid

import pytest

from include.ledger import presenting
from include.ledger.warehouse import connect_async
from tests.drivers.book import Book, answer, house, status

pytestmark = pytest.mark.postgres


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
