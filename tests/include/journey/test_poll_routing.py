"""Polling control signals: rows and marker in one transaction, once each, in feed order; every way a feed may go wrong.

The page loop, dedupe, the append-only log, the marker with its page, one writer.
"""

# longer because a feed with all its moods stands beside what is asked of it

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from include.errors import Busy, ConfigurationError, ServiceUnavailable
from include.journey.poll_routing import Polled, poll_routing
from include.journey.read_feed import Ahead, FeedTurnsInCircles, TooManyPages, made_for_pages, pages
from include.ledger import feeds, sightings
from include.ledger.feeds import Feed, Watched
from include.ledger.warehouse import Connection, connect
from include.toll.polling import Malformed, MarkerRefused, Page, Signal, Status

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def signal(number: int, routing: str = "TO_ENTRY", **other: Any) -> Signal:
    """The signal of house HC<number> unless other identifiers are given; its id is its own."""
    fields: dict[str, Any] = dict.fromkeys(Signal.__slots__)
    fields |= {"id": str(uuid4()), "routing": routing, "document_number": f"HC{number:03}", "document_type": "N740"}
    fields |= {"mrn": "23NO00000000000003", "issued_at": NOW, "raw": b"{}"}
    return Signal(**{**fields, **other})


class Customs:
    """A feed as customs keeps it. `items` in feed order; a marker counts out (exclusive), as the pages say."""

    def __init__(self, items: list[Signal | Malformed], *, size: int = 10, inclusive: bool = False) -> None:
        self.items, self.size, self.inclusive = items, size, inclusive
        self.asked: list[str | None] = []
        self.fails_at: dict[int, Exception] = {}

    def routing(self, endpoint: str, marker: str | None) -> Page[Signal]:
        self.asked.append(marker)
        if error := self.fails_at.get(len(self.asked)):
            raise error
        ids = [item.id for item in self.items]
        if marker is not None and marker not in ids:
            raise MarkerRefused("Customs does not know the marker.")
        last = ids.index(marker) if marker is not None else -1
        start = last + 1 if not self.inclusive or last < 0 else last
        page = tuple(self.items[start : start + self.size])
        return Page(page, page[-1].id if page else None)

    def validation_status(self, marker: str | None = None) -> Page[Status]:
        raise NotImplementedError

    def validation_of(self, request_id: UUID) -> None:
        raise NotImplementedError

    def close(self) -> None:
        pass


class Desk:
    """One organisation's feed of houses, as the task of one tick sees it."""

    def __init__(self, connection: Connection, endpoint: str = "house-consignment") -> None:
        self.connection = connection
        sightings.name_party(connection, "nordbil", "Nordbil Import AS", "310000019", "Europe/Oslo")
        watched = Watched(validation_minutes=10, signal_minutes=30, control_places={})
        self.organisation = feeds.organisation_of(connection, "nordbil", "test", "310000019", watched)
        self.endpoint: Any = endpoint

    @property
    def feed(self) -> Feed:
        return feeds.feed_of(self.connection, self.organisation, self.endpoint)

    def poll(self, customs: Any, **how: Any) -> Polled:
        with feeds.reading(self.connection, self.feed) as feed:
            return poll_routing(self.connection, customs, feed, self.endpoint, party="nordbil", **how)

    def rows(self, query: str) -> list[dict[str, Any]]:
        return self.connection.execute(query.encode()).fetchall()

    def ids(self) -> list[str]:
        return [row["id"] for row in self.rows("SELECT id FROM ledger.customs_signal ORDER BY position")]

    def alerts(self) -> list[str]:
        return [row["kind"] for row in self.rows("SELECT kind FROM ledger.alert ORDER BY id")]


@pytest.fixture
def desk(warehouse: str) -> Iterator[Desk]:
    with connect(warehouse) as connection:
        yield Desk(connection)


def test_a_feed_is_read_to_its_empty_page_in_order_and_the_next_poll_goes_on_from_there(desk: Desk) -> None:
    customs = Customs([signal(number) for number in range(25)])
    first = desk.poll(customs)
    assert (first.pages, first.new, first.known) == (3, 25, 0)
    assert desk.ids() == [item.id for item in customs.items]
    assert desk.feed.marker == customs.items[-1].id and desk.feed.read_at is not None

    assert desk.poll(customs).sentence() == "house-consignment: nothing new"
    customs.items += [signal(30), signal(31)]
    assert desk.poll(customs).new == 2
    assert desk.ids() == [item.id for item in customs.items]
    assert customs.asked[4] == customs.items[24].id, "the second poll asks for what follows the last one stored"


def test_an_id_that_comes_again_on_a_later_page_is_stored_and_counted_once(desk: Desk) -> None:
    again = signal(1, "TO_CONTROL")
    customs = Customs([signal(0), again, signal(2), signal(3), again, signal(5)], size=3)
    found = desk.poll(customs)
    assert (found.pages, found.new, found.known) == (2, 5, 1)
    assert desk.ids() == [customs.items[number].id for number in (0, 1, 2, 3, 5)]
    assert [row["signals"] for row in desk.rows("SELECT signals FROM mart.customs_consignment")] == [1] * 5
    assert desk.alerts() == ["customs_to_control"]


def test_a_feed_that_repeats_itself_on_every_page_is_stored_once_and_in_order(desk: Desk) -> None:
    new = [signal(number) for number in range(8)]
    customs = Customs([*new[:3], new[0], *new[3:5], new[1], *new[4:6], new[2], *new[6:]], size=3)
    found = desk.poll(customs)
    assert (found.pages, found.new, found.known) == (4, 8, 4)
    assert desk.ids() == [item.id for item in new]
    places = [row["position"] for row in desk.rows("SELECT position FROM ledger.customs_signal ORDER BY position")]
    noted = [row["position"] for row in desk.rows("SELECT position FROM ledger.customs_signal_id ORDER BY position")]
    assert places == noted


def test_the_next_page_is_made_when_it_is_asked_for_or_when_the_taker_is_about_to_wait() -> None:
    made: list[int] = []
    begun = threading.Event()

    def items() -> Iterator[int]:
        for number in range(3):
            made.append(number)
            if number == 1:
                begun.set()
            yield number
        raise ServiceUnavailable("Customs does not answer.")

    with Ahead(items()) as ahead:
        taken = iter(ahead)
        assert (next(taken), made) == (0, [0])
        ahead.make_next()
        ahead.make_next()
        assert begun.wait(10), "the second is made though nobody asked for it"
        assert (next(taken), made) == (1, [0, 1])
        assert (next(taken), made) == (2, [0, 1, 2])
        with pytest.raises(ServiceUnavailable):
            next(taken)


def test_two_pages_are_fetched_before_they_are_asked_for_and_no_more() -> None:
    asked: list[str | None] = []
    ahead = threading.Semaphore(0)

    def fetch(marker: str | None) -> Page[Signal]:
        asked.append(marker)
        ahead.release()
        one = signal(len(asked), id=str(len(asked)))
        return Page((one,), one.id)

    coming: Any = pages(fetch, None)
    assert next(coming).last_id == "1"
    assert all(ahead.acquire(timeout=10) for _ in range(3)) and not ahead.acquire(timeout=0.2)
    assert next(coming).last_id == "2" and ahead.acquire(timeout=10) and not ahead.acquire(timeout=0.2)
    coming.close()
    assert asked == [None, "1", "2", "3"]


def test_a_poll_puts_the_settings_of_the_process_back_however_it_ends(desk: Desk) -> None:
    def settings() -> tuple[Any, ...]:
        return *gc.get_threshold(), sys.getswitchinterval()

    usual = settings()
    customs = Customs([signal(number) for number in range(20)])
    customs.fails_at = {2: ServiceUnavailable("Customs does not answer.")}
    with pytest.raises(ServiceUnavailable):
        desk.poll(customs)
    assert settings() == usual
    with made_for_pages():
        assert settings()[0] > usual[0] and settings()[1:3] == usual[1:3] and settings()[3] < usual[3]
    assert settings() == usual


def test_ids_given_twice_are_stored_once_and_tell_once(desk: Desk) -> None:
    twice, also = signal(1, "TO_CONTROL"), signal(3)
    customs = Customs([signal(0), twice, twice, signal(2), also, also], size=3)
    desk.poll(customs)
    assert desk.ids() == [customs.items[number].id for number in (0, 1, 3, 4)]
    assert desk.alerts() == ["customs_to_control"]


@pytest.mark.parametrize("inclusive", [False, True])
def test_a_marker_may_count_in_or_out(desk: Desk, inclusive: bool) -> None:
    customs = Customs([signal(number) for number in range(23)], size=5, inclusive=inclusive)
    desk.poll(customs)
    desk.poll(customs)
    assert desk.ids() == [item.id for item in customs.items]
    assert desk.alerts() == []


def test_whatever_stops_a_poll_every_page_before_is_stored_with_its_marker(desk: Desk) -> None:
    customs = Customs([signal(number) for number in range(40)])
    customs.fails_at = {4: ServiceUnavailable("Customs does not answer.")}
    with pytest.raises(ServiceUnavailable):
        desk.poll(customs)
    assert desk.feed.marker == customs.items[29].id and len(desk.ids()) == 30
    customs.fails_at = {}
    desk.poll(customs)
    assert desk.ids() == [item.id for item in customs.items]


def test_rows_and_marker_are_of_one_transaction(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    customs = Customs([signal(number) for number in range(20)])
    commits = []

    def dies_at_the_second(connection: Connection) -> None:
        commits.append(1)
        raise psycopg.OperationalError("the connection is lost at COMMIT")

    with feeds.reading(desk.connection, desk.feed) as feed, monkeypatch.context() as patched:
        patched.setattr(type(desk.connection), "commit", dies_at_the_second)
        with pytest.raises(psycopg.OperationalError):
            poll_routing(desk.connection, customs, feed, "house-consignment", party="nordbil")
        patched.undo()
        desk.connection.rollback()
    assert commits and desk.ids() == [] and desk.feed.marker is None
    assert desk.rows("SELECT * FROM ledger.marker_history") == []


def test_a_feed_that_turns_in_a_circle_is_stored_and_stops(desk: Desk) -> None:
    items = [signal(number) for number in range(3)]

    class Same(Customs):
        def routing(self, endpoint: str, marker: str | None) -> Page[Signal]:
            self.asked.append(marker)
            return Page(tuple(self.items), self.items[-1].id)

    same = Same(items)
    with pytest.raises(FeedTurnsInCircles):
        desk.poll(same)
    assert len(same.asked) == 2 and desk.ids() == [item.id for item in items]


def test_a_feed_of_ever_new_pages_stops_after_the_most_pages(desk: Desk) -> None:
    class Endless(Customs):
        def routing(self, endpoint: str, marker: str | None) -> Page[Signal]:
            self.items.append(signal(len(self.items)))
            return Page((self.items[-1],), self.items[-1].id)

    endless = Endless([])
    with pytest.raises(TooManyPages):
        desk.poll(endless, most_pages=7)
    assert desk.ids() == [item.id for item in endless.items] and len(endless.items) == 7


def test_one_writer_per_feed(desk: Desk, warehouse: str) -> None:
    customs = Customs([signal(number) for number in range(5)])
    with connect(warehouse) as other, feeds.reading(desk.connection, desk.feed):
        second = Desk(other)
        with pytest.raises(Busy):
            second.poll(customs)
        assert customs.asked == []


def test_a_copy_that_lost_its_lock_stores_nothing_behind_the_marker(desk: Desk, warehouse: str) -> None:
    customs = Customs([signal(number) for number in range(30)])
    stale = desk.feed
    desk.poll(customs)
    with connect(warehouse) as zombie, pytest.raises(Busy):
        poll_routing(zombie, customs, stale, "house-consignment", party="nordbil")
    assert desk.ids() == [item.id for item in customs.items]


def test_two_readers_at_once_store_everything_once_and_in_order(desk: Desk, warehouse: str) -> None:
    customs = Customs([signal(number % 50) for number in range(400)], size=7)
    feed = desk.feed
    stopped: list[Exception] = []

    def read() -> None:
        try:
            with connect(warehouse) as connection:
                poll_routing(connection, customs, feed, "house-consignment", party="nordbil")
        except Busy as error:
            stopped.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    desk.poll(customs)
    assert desk.ids() == [item.id for item in customs.items]
    assert len(stopped) >= 2


def test_a_refused_marker_changes_nothing(desk: Desk) -> None:
    customs = Customs([signal(number) for number in range(5)])
    desk.poll(customs)
    marker = desk.feed.marker
    with pytest.raises(MarkerRefused):
        desk.poll(Customs([signal(9)]))
    assert desk.feed.marker == marker


def test_a_rewind_reads_everything_again_and_keeps_each_once(desk: Desk) -> None:
    customs = Customs([signal(number) for number in range(25)])
    desk.poll(customs)
    feeds.rewind(desk.connection, desk.feed, None, reason="Marker was refused", by="Kari Nordmann")
    polled = desk.poll(customs)
    assert (polled.new, polled.known) == (0, 25)
    assert desk.ids() == [item.id for item in customs.items]
    (kept,) = desk.rows("SELECT * FROM ledger.marker_history WHERE how = 'rewind'")
    assert (kept["by_whom"], kept["reason"], kept["from_marker"]) == (
        "Kari Nordmann",
        "Marker was refused",
        customs.items[-1].id,
    )
    with pytest.raises(ConfigurationError):
        feeds.rewind(desk.connection, desk.feed, "no such signal", reason="Marker was refused", by="Kari")


def test_a_signal_found_late_gets_its_place_in_the_feed_and_does_not_overrule_what_follows_it(desk: Desk) -> None:
    control = signal(1, "TO_CONTROL")
    customs = Customs([signal(0), control, signal(2)])
    desk.poll(customs)
    customs.items.insert(1, signal(1, "TO_ENTRY"))  # committed late at customs, before the TO_CONTROL
    customs.items.insert(0, signal(3))
    feeds.rewind(desk.connection, desk.feed, None, reason="Looking for late ones", by="Kari Nordmann")
    customs.items.append(signal(4))
    assert desk.poll(customs).new == 3
    assert desk.ids() == [item.id for item in customs.items]
    (stands,) = desk.rows(
        "SELECT routing, release, signals FROM mart.customs_consignment WHERE document_number = 'HC001'"
    )
    assert stands == {"routing": "TO_CONTROL", "release": "DELIVER_TO_CONTROL", "signals": 2}


def test_what_cannot_be_read_is_kept_raw_and_the_others_go_on(desk: Desk) -> None:
    hostile = [
        signal(1, mrn="\x00"),
        signal(2, document_number="9" * 5000),
        signal(3, routing="\ud800"),
        Malformed(b'{"routingResult": 7}', "It has no id.", None),
        Malformed(b'{"routingResult": {"id": "x"}}', "It has no routing.", "x"),
    ]
    good = signal(9)
    customs = Customs([*hostile, good])
    customs.items[3] = Malformed(b'{"routingResult": 7}', "It has no id.", None)
    desk.poll(customs)
    rows = desk.rows(
        "SELECT id, malformed IS NOT NULL AS bad, raw, routing FROM ledger.customs_signal ORDER BY position"
    )
    assert [row["bad"] for row in rows] == [True] * 5 + [False]
    assert rows[3]["raw"] == b'{"routingResult": 7}' and rows[3]["id"].startswith("sha256:")
    assert desk.feed.marker == good.id
    assert desk.alerts() == ["customs_signal_malformed"] * 5
    desk.poll(customs)
    assert len(desk.ids()) == 6


def test_loud_signals_tell_once_each_and_a_reversal_is_a_fact_of_its_own(desk: Desk) -> None:
    """Row 6: alerts. Row 5: every transition, unknown values."""
    story = [
        signal(1, "TO_ENTRY"),
        signal(1, "TO_CONTROL", control_location="AFTER_ENTRY"),  # in one page
        signal(2, "ENTRY_PENDING"),
        signal(3, "ENTRY_DENIED"),
        signal(4, "TO_MARS"),
        signal(5, "TO_ENTRY"),
    ]
    customs = Customs(story)
    desk.poll(customs)
    assert desk.alerts() == [
        "customs_reversal",
        "customs_to_control",
        "customs_entry_pending",
        "customs_entry_denied",
        "customs_unknown_routing",
    ]
    customs.items.append(signal(5, "ENTRY_DENIED"))  # across two polls
    desk.poll(customs)
    assert desk.alerts()[5:] == ["customs_reversal", "customs_entry_denied"]
    feeds.rewind(desk.connection, desk.feed, None, reason="Read it all again", by="Kari Nordmann")
    desk.poll(customs)
    assert len(desk.alerts()) == 7, "one alert per fact, not per poll"


def test_goods_of_others_are_rows_of_their_own_and_no_signal_says_nothing(desk: Desk) -> None:
    nameless = dict.fromkeys(("document_number", "document_type", "mrn"))
    desk.poll(
        Customs([signal(1), signal(2, "TO_CONTROL"), signal(0, **nameless), signal(0, "ENTRY_DENIED", **nameless)])
    )
    rows = desk.rows("SELECT document_number, release, request_id, overdue FROM mart.customs_consignment ORDER BY 1")
    assert [(row["document_number"], row["release"], row["request_id"], row["overdue"]) for row in rows] == [
        ("HC001", "RELEASE", None, None),
        ("HC002", "DELIVER_TO_CONTROL", None, None),
    ]
    assert len(desk.ids()) == 4 and desk.alerts() == ["customs_to_control", "customs_signal_nameless"]


def test_the_same_house_number_of_another_type_or_mrn_is_another_house(desk: Desk) -> None:
    desk.poll(
        Customs(
            [
                signal(1),
                signal(1, "TO_CONTROL", document_type="N703"),
                signal(1, "ENTRY_DENIED", mrn="23NO00000000000009"),
            ]
        )
    )
    rows = desk.rows("SELECT release FROM mart.customs_consignment ORDER BY signal_id IS NULL, release")
    assert sorted(row["release"] for row in rows) == ["DELIVER_TO_CONTROL", "NEVER", "RELEASE"]


def test_a_transport_is_no_house(desk: Desk) -> None:
    transport = Desk(desk.connection, "transport")
    only = signal(1, mrn=None, document_number=None, document_type=None, transport_id="AB12345", transport_type="30")
    transport.poll(Customs([only]))
    (row,) = transport.rows("SELECT kind, transport_id, release FROM mart.customs_consignment")
    assert row == {"kind": "transport", "transport_id": "AB12345", "release": "RELEASE"}
    assert desk.feed.marker is None, "each endpoint has a marker of its own"
