"""Where consignments stand: presentations, expectations and signals find each other in any order, and what is overdue.

Presented and no signal, no validation status, validation failure, poll lag,
marker refused, a key near its end.
"""

# longer because presentations, signals and statuses are made here and asked of together

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from include.config.party import Party
from include.journey import routing_receipt, watch_customs
from include.journey.poll_validation import poll_each, poll_list
from include.journey.read_feed import FeedTurnsInCircles
from include.journey.reread import reread
from include.ledger import feeds, routing_receipts, sightings, signals
from include.ledger.feeds import STATUSES, Watched
from include.ledger.rewinding import rewind_from, target
from include.ledger.signal_copy import ready
from include.ledger.warehouse import Connection, connect
from include.toll.answer import Fault
from include.toll.polling import Malformed, MarkerRefused, Page, Signal, Status

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ENS, BAG, HOUSE = "entry-summary-declaration", "receptacle", "house-consignment"


class Office:
    """The ledger as presenting and polling see it, for one party."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.party = Party.model_validate(
            {
                "id": "nordbil",
                "name": "Nordbil",
                "organisation_number": "310000019",
                "roles": ["customs"],
                "control_places": {"NO351001": "Posthallen"},
            }
        )
        sightings.name_party(connection, "nordbil", "Nordbil", "310000019", "Europe/Oslo")
        connection.commit()

    def enter(self) -> int:
        """What every poll does first."""
        limits = self.party.thresholds
        watched = Watched(
            validation_minutes=limits.validation_minutes,
            signal_minutes=limits.signal_minutes,
            control_places=self.party.control_places,
        )
        return feeds.organisation_of(self.connection, "nordbil", "test", "310000019", watched)

    def sql(self, query: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.connection.execute(query.encode(), values or None)
        return cursor.fetchall() if cursor.description else []

    def file(self, *rows: dict[str, Any], expected: tuple[dict[str, Any], ...] = (), minutes: int = 0) -> list[UUID]:
        """A presentation file whose rows were sent so many minutes ago and accepted."""
        (found,) = self.sql(
            "INSERT INTO ledger.presentation_file (party, source, name_bytes, name, day, state, sha256) "
            "VALUES ('nordbil', 'file', %s, 'liste.csv', current_date, 'TAKEN', %s) RETURNING id",
            b"liste.csv",
            uuid4().hex * 2,
        )
        self.file_id = found["id"]
        for number, house in enumerate(expected, start=100):
            self._insert("expected_house", presentation_file_id=self.file_id, row_no=number, **house)
        ids = []
        for number, row in enumerate(rows, start=1):
            ids.append(uuid4())
            given = {"level": ENS, "office": "NO351001", "environment": "test", "sender": "310000019", **row}
            self._insert(
                "presentation",
                request_id=ids[-1],
                party="nordbil",
                file_id=self.file_id,
                row_no=number,
                consignment=str(ids[-1]),
                **given,
            )
        self.connection.commit()
        self.sql(
            "UPDATE ledger.presentation SET state = 'SENT', version = 1, "
            "first_sent_at = now() - make_interval(mins => %s), sent_at = now(), maybe_arrived = true "
            "WHERE request_id = ANY(%s)",
            minutes,
            ids,
        )
        self.sql(
            "UPDATE ledger.presentation SET state = 'ACCEPTED', version = 2, decided_at = now(), decided_by = 'answer' "
            "WHERE request_id = ANY(%s)",
            ids,
        )
        self.connection.commit()
        return ids

    def _insert(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        self.sql(f"INSERT INTO ledger.{table} ({names}) VALUES ({marks})", *values.values())

    def signal(self, *items: Signal) -> None:
        """One page of the feed of houses."""
        feed = feeds.feed_of(self.connection, self.enter(), HOUSE)
        signals.store_page(self.connection, feed, ready(Page(items, items[-1].id), HOUSE))
        self.connection.commit()

    def houses(self) -> dict[str, dict[str, Any]]:
        rows = self.sql("SELECT * FROM mart.customs_consignment ORDER BY consignment_id")
        return {f"{row['document_number']}/{row['document_type']}": row for row in rows}

    def alerts(self) -> list[str]:
        return [alert.kind for alert in watch_customs.overdue(self.connection, self.party)]


def signal(document: str, routing: str = "TO_ENTRY", **other: Any) -> Signal:
    fields: dict[str, Any] = dict.fromkeys(Signal.__slots__)
    fields |= {"id": str(uuid4()), "routing": routing, "document_number": document, "document_type": "N740"}
    return Signal(**{**fields, "mrn": "M1", "issued_at": NOW, "raw": b"{}", **other})


def status(request: UUID | str, said: str = "SUCCESS", **other: Any) -> Status:
    fields: dict[str, Any] = {"notified_at": NOW, "faults": (), "mrn": None, "raw": f"{request} {said}".encode()}
    return Status(**{"request_id": str(request), "status": said, **fields, **other})


@pytest.fixture
def office(warehouse: str) -> Iterator[Office]:
    with connect(warehouse) as connection:
        yield Office(connection)


def test_a_presentation_and_its_houses_find_each_other_whichever_comes_first(office: Office) -> None:
    office.enter()
    office.signal(signal("A"), signal("B", mrn="M2", receptacle="BAG1"), signal("C", mrn="M3"), signal("D", mrn="M4"))
    first = office.file({"mrn": "M1"}, {"level": BAG, "receptacle": "BAG1"})
    second = office.file({"level": HOUSE, "document_number": "C", "document_type": "N740"}, {"mrn": "M5"})
    office.signal(signal("E", mrn="M5"), signal("F", mrn="M9", container="JARU0000010"))
    found = {name: row["request_id"] for name, row in office.houses().items()}
    assert found == {
        "A/N740": first[0],
        "B/N740": first[1],
        "C/N740": second[0],
        "D/N740": None,
        "E/N740": second[1],
        "F/N740": None,
    }


def test_a_house_presented_by_itself_waits_for_its_signal_and_gets_the_mrn_of_it(office: Office) -> None:
    (request,) = office.file({"level": HOUSE, "document_number": "HC1", "document_type": "N740"})
    before = office.houses()["HC1/N740"]
    assert (before["release"], before["routing"], before["signals"], before["mrn"]) == ("HOLD", None, 0, None)
    assert before["why"] == "Presented, but no signal has come: hold the goods until customs gives one."
    office.signal(signal("HC1", "TO_CONTROL", mrn="M7"))
    after = office.houses()
    assert list(after) == ["HC1/N740"], "the signal is about the same house"
    assert (after["HC1/N740"]["mrn"], after["HC1/N740"]["request_id"]) == ("M7", request)
    assert after["HC1/N740"]["control_place"] == "Posthallen" and "Posthallen" in after["HC1/N740"]["why_nb"]


def test_a_signal_without_mrn_is_about_the_one_house_of_that_document(office: Office) -> None:
    office.file({"level": HOUSE, "document_number": "HC1", "document_type": "N740", "mrn": "M7"})
    office.signal(signal("HC1", mrn=None))
    assert [(row["mrn"], row["release"]) for row in office.houses().values()] == [("M7", "RELEASE")]


def test_an_expected_house_in_two_containers_is_not_released_by_one_signal(office: Office) -> None:
    house = {"document_number": "HC004", "document_type": "N714", "mrn": "M5"}
    office.file({"mrn": "M5"}, expected=({**house, "container": "JARU0000010"}, {**house, "container": "JARU0000026"}))
    assert office.houses()["HC004/N714"]["containers"] == ["JARU0000010", "JARU0000026"]
    office.signal(signal("HC004", document_type="N714", mrn="M5", container="JARU0000026"))
    row = office.houses()["HC004/N714"]
    assert (row["release"], row["expected"], row["signals"]) == ("HOLD", True, 1)
    assert "a person decides" in row["why"]


def test_expectations_of_a_file_that_presents_nothing_are_taken_in_by_the_first_poll(office: Office) -> None:
    office.file(expected=({"document_number": "HC1", "document_type": "N740"},))
    assert office.houses() == {}
    office.enter()
    assert office.houses()["HC1/N740"]["expected"] is True


def test_a_signal_of_an_expected_house_makes_the_receipt_stale_though_nothing_was_presented(office: Office) -> None:
    office.file(expected=({"document_number": "HC1", "document_type": "N740"},))
    office.enter()
    office.sql("UPDATE ledger.routing_receipt SET stale = false")
    office.connection.commit()
    office.signal(signal("HC2"))
    assert office.sql("SELECT stale FROM ledger.routing_receipt") == [{"stale": False}]
    office.signal(signal("HC1", mrn=None))
    assert office.sql("SELECT stale FROM ledger.routing_receipt") == [{"stale": True}]


def test_the_last_word_about_a_container_counts_across_pages(office: Office) -> None:
    office.enter()
    first = [signal("HC0"), signal("HC0"), signal("HC1", "TO_CONTROL", container="A"), signal("HC1", container="B")]
    office.signal(*first)
    office.signal(signal("HC1", container="A"))
    (row,) = office.sql("SELECT lasts, position, release FROM ledger.customs_consignment WHERE document_number = 'HC1'")
    places = [one["position"] for one in office.sql("SELECT position FROM ledger.customs_signal ORDER BY position")]
    assert row["lasts"] == {"A": ["TO_ENTRY", places[4]], "B": ["TO_ENTRY", places[3]]}
    assert (row["position"], row["release"]) == (places[4], "RELEASE")


def test_a_corrected_presentation_takes_the_place_of_the_failed_one(office: Office) -> None:
    (wrong,) = office.file({"mrn": "M1"})
    office.signal(signal("A"))
    office.sql("UPDATE ledger.presentation SET live = false, validation = 'FAILURE' WHERE request_id = %s", wrong)
    office.connection.commit()
    (right,) = office.file({"mrn": "M1", "corrects": wrong})
    assert office.houses()["A/N740"]["request_id"] == right


def test_what_is_overdue_is_told_once_per_presentation(office: Office) -> None:
    office.enter()
    ids = office.file({"mrn": "M1"}, {"mrn": "M2"}, minutes=61)
    office.file({"mrn": "M3"}, minutes=20)
    office.signal(signal("A"), signal("B", mrn="M2"))
    assert sorted(office.alerts()) == ["customs_no_validation"] * 3
    office.file({"mrn": "M4"}, expected=({"document_number": "X", "document_type": "N740", "mrn": "M4"},), minutes=61)
    assert office.houses()["X/N740"]["overdue"] == "signal"
    assert sorted(office.alerts()) == ["customs_no_signal"] + ["customs_no_validation"] * 4
    for request in ids:
        office.sql("UPDATE ledger.presentation SET validation = 'SUCCESS' WHERE request_id = %s", request)
    assert sorted(office.alerts()) == ["customs_no_signal"] + ["customs_no_validation"] * 2


class Statuses:
    """Validation status as customs gives it."""

    def __init__(self, *items: Status | Malformed, marked: bool = False) -> None:
        self.items, self.marked = items, marked

    def validation_status(self, marker: str | None = None) -> Page[Status]:
        ids = [item.request_id if isinstance(item, Status) else item.id for item in self.items]
        if not self.marked:
            return Page(self.items, None)
        rest = self.items[ids.index(marker) + 1 if marker else 0 :][:2]
        return Page(rest, ids[ids.index(marker) + 1 if marker else 0 :][:2][-1] if rest else None)

    def validation_of(self, request_id: UUID) -> Status | Malformed | None:
        found = [item for item in self.items if getattr(item, "request_id", None) == str(request_id)]
        return found[0] if found else None


@pytest.mark.parametrize("mode", ["list", "marked", "each"])
def test_statuses_reach_our_presentations_and_strangers_are_kept(office: Office, mode: str) -> None:
    good, bad = office.file({"mrn": "M1"}, {"mrn": "M2"})
    feed = feeds.feed_of(office.connection, office.enter(), STATUSES)
    said = [status(good), status(bad, "FAILURE", faults=(Fault("mrn", "Unknown MRN"),)), status(uuid4(), "NEW_WORD")]
    hostile = status("nul", mrn="\x00"), Malformed(b"[]", "No requestId.", None)
    answers: Any = Statuses(*said, *hostile, marked=mode == "marked")
    if mode == "marked":
        answers = Statuses(*said, marked=True)
    polled = (poll_each if mode == "each" else poll_list)(office.connection, answers, feed)
    states = {row["request_id"]: row["validation"] for row in office.sql("SELECT * FROM ledger.presentation")}
    assert states == {good: "SUCCESS", bad: "FAILURE"}
    assert (polled.ours, polled.failed) == (2, 1)
    kept = office.sql("SELECT status FROM ledger.validation_status ORDER BY status")
    assert len(kept) == {"list": 5, "marked": 3, "each": 2}[mode]
    told = [row["kind"] for row in office.sql("SELECT kind FROM ledger.alert")]
    assert told.count("customs_validation_failure") == 1
    again = (poll_each if mode == "each" else poll_list)(
        office.connection, answers, feeds.feed_of(office.connection, office.enter(), STATUSES)
    )
    assert again.changed == 0
    assert len(office.sql("SELECT 1 FROM ledger.alert")) == len(told), "one alert per fact, not per poll"


def test_a_repeated_request_id_does_not_replace_its_first_status(office: Office) -> None:
    (request,) = office.file({"mrn": "M1"})
    feed = feeds.feed_of(office.connection, office.enter(), STATUSES)
    poll_list(office.connection, Statuses(status(request), status(request, "FAILURE", already_used=True)), feed)  # type: ignore[arg-type] # only its list is asked for
    assert office.sql("SELECT status FROM ledger.validation_status") == [{"status": "SUCCESS"}]
    assert office.sql("SELECT validation FROM ledger.presentation") == [{"validation": "SUCCESS"}]


class Drop(dict[bytes, bytes]):
    async def write(self, path: bytes, content: bytes) -> None:
        self[path] = content


async def test_a_file_has_a_routing_receipt_that_is_written_again_when_something_changed(office: Office) -> None:
    office.file({"mrn": "M1"}, expected=({"document_number": "X", "document_type": "N740", "mrn": "M1"},), minutes=61)
    office.enter()
    drop = Drop()

    async def refresh() -> int:
        wanted = routing_receipts.stale(office.connection, "nordbil")
        return await routing_receipt.refresh(office.connection, drop, "nordbil", "nb", wanted)

    assert await refresh() == 1
    ((path, content),) = drop.items()
    assert path.startswith(b"nordbil/receipts/liste.csv.") and path.endswith(b".routing.csv")
    assert [(row["documentNumber"], row["release"], row["overdue"]) for row in read(content)] == [
        ("X", "HOLD", "signal")
    ]
    assert await refresh() == 0

    office.signal(signal("X", "TO_CONTROL"), signal("=cmd"))
    assert await refresh() == 1
    rows = {row["documentNumber"]: row for row in read(drop[path])}
    assert rows["X"]["release"] == "DELIVER_TO_CONTROL" and rows["X"]["controlPlace"] == "Posthallen"
    assert rows["'=cmd"]["release"] == "RELEASE" and rows["X"]["why"].startswith("TO_CONTROL: varene")
    assert len(drop) == 1


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_per_mrn_and_receptacle_the_mart_counts_expected_signalled_and_releasable(office: Office) -> None:
    office.file({"mrn": "M1"}, expected=({"document_number": "X", "document_type": "N740", "mrn": "M1"},))
    office.signal(signal("A", receptacle="BAG1"), signal("B", "TO_CONTROL", receptacle="BAG1"))
    found = {(row["what"], row["identifier"]): row for row in office.sql("SELECT * FROM mart.customs_arrival")}
    names = ("houses", "expected", "signalled", "releasable", "for_control", "held")
    assert [found[("mrn", "M1")][name] for name in names] == [3, 1, 2, 1, 1, 1]
    assert [found[("receptacle", "BAG1")][name] for name in names] == [2, 0, 2, 1, 1, 0]


class Feed:
    """A feed of signals with two to a page."""

    def __init__(self, *items: Signal) -> None:
        self.items = list(items)

    def routing(self, endpoint: str, marker: str | None) -> Page[Signal]:
        ids = [item.id for item in self.items]
        start = ids.index(marker) + 1 if marker else 0
        page = tuple(self.items[start : start + 2])
        return Page(page, page[-1].id if page else None)


def test_reading_again_finds_what_came_in_behind_the_marker_and_leaves_the_rest_to_the_poll(office: Office) -> None:
    items = [signal(name) for name in "ABCDE"]
    for one in items:
        office.signal(one)
    polls: Any = Feed(*items)
    feed = feeds.feed_of(office.connection, office.enter(), HOUSE)
    quiet = reread(office.connection, polls, feed, HOUSE, party="nordbil")  # type: ignore[arg-type] # it is an endpoint
    assert (quiet.late, quiet.known) == ([], 5)
    late = signal("B", "TO_CONTROL", id="late")
    polls.items = [items[0], late, *items[1:], signal("F")]
    found = reread(office.connection, polls, feed, HOUSE, party="nordbil")  # type: ignore[arg-type] # the same
    assert (
        found.late == ["late"] and feeds.feed_of(office.connection, feed.organisation_id, HOUSE).marker == items[4].id
    )
    order = office.sql("SELECT signal_id, late FROM mart.customs_signal ORDER BY position")
    assert [row["signal_id"] for row in order] == [one.id for one in polls.items[:6]]
    assert office.houses()["B/N740"]["release"] == "RELEASE", "its later TO_ENTRY still counts"
    kinds = [row["kind"] for row in office.sql("SELECT kind FROM ledger.alert ORDER BY kind")]
    assert kinds == ["customs_signals_late", "customs_to_control"]


def test_a_person_may_set_the_marker_back_to_a_signal_a_time_or_the_start(office: Office) -> None:
    items = [signal(name) for name in "ABC"]
    for one in items:
        office.signal(one)
    feed = feeds.feed_of(office.connection, office.enter(), HOUSE)
    assert target(office.connection, feed, "", "Europe/Oslo").again == 3
    assert target(office.connection, feed, items[1].id, "Europe/Oslo").again == 1
    assert target(office.connection, feed, "2020-01-01 06:00", "Europe/Oslo").marker is None
    assert target(office.connection, feed, "2099-01-01 06:00", "Europe/Oslo").marker == items[2].id
    found = {"from": feed.marker, "to": items[0].id, "reason": "Marker refused"}
    rewind_from(office.connection, feed, found, by="Kari Nordmann")
    back = feeds.feed_of(office.connection, feed.organisation_id, HOUSE)
    rewind_from(office.connection, back, found, by="Kari Nordmann")
    history = office.sql("SELECT by_whom, to_marker FROM ledger.marker_history WHERE how = 'rewind'")
    assert back.marker == items[0].id and history == [{"by_whom": "Kari Nordmann", "to_marker": items[0].id}]


def test_a_feed_that_nobody_reads_a_refused_marker_and_a_key_near_its_end_are_alerts(office: Office) -> None:
    feed = feeds.feed_of(office.connection, office.enter(), HOUSE)
    now = feed.first_asked_at + timedelta(minutes=11)
    assert [alert.kind for alert in watch_customs.lagging(office.party, [feed], now)] == ["customs_poll_lagging"]
    assert watch_customs.lagging(office.party, [feed], feed.first_asked_at + timedelta(minutes=9)) == []
    refused = watch_customs.stopped_by("nordbil", feed, MarkerRefused("Customs refuses the marker."))
    assert "customs_rewind" in refused[0].sentence and refused[0].kind == "customs_marker_refused"
    assert watch_customs.stopped_by("nordbil", feed, FeedTurnsInCircles("Round.", "x"))[0].kind == "customs_feed_circle"
    ends = now + timedelta(days=29)
    assert [one.kind for one in watch_customs.key_ends(office.party, "maskinporten", ends, now)] == ["key_near_expiry"]
    assert watch_customs.key_ends(office.party, "maskinporten", ends + timedelta(days=2), now) == []
