"""Lines of COPY: whatever a signal says arrives in its columns as it was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from include.ledger import feeds, sightings, signals
from include.ledger.feeds import Watched
from include.ledger.signal_copy import ready
from include.ledger.warehouse import connect
from include.toll.polling import Page, Signal
from include.toll.reading import signal as read

PLAIN = Signal(
    "id", "M1", "HC1", "N740", None, None, "LN-ABC", "41", None, None, "TO_ENTRY", None, None, b'{"plain": true}'
)
NASTY = ("a\tb", "a\nb", "a\r\nb", "\\", r"\N", r"\.", 'a\\tb"', "Ærlig øl – 税関", "\x01\x7f", "a\\")


def _stored(dsn: str, *items: Any) -> list[dict[str, Any]]:
    with connect(dsn) as connection:
        sightings.name_party(connection, "nordbil", "Nordbil", "310000019", "Europe/Oslo")
        watched = Watched(validation_minutes=1, signal_minutes=1, control_places={})
        organisation = feeds.organisation_of(connection, "nordbil", "test", "310000019", watched)
        feed = feeds.feed_of(connection, organisation, "house-consignment")
        signals.store_page(connection, feed, ready(Page(items, items[-1].id), feed.endpoint))
        connection.commit()
        return connection.execute("SELECT * FROM ledger.customs_signal ORDER BY position").fetchall()


def test_texts_that_mean_something_to_copy_are_stored_as_they_are(warehouse: str) -> None:
    items = [
        replace(PLAIN, id=f"{number}{text}", document_number=text, transport_id=text, raw=text.encode())
        for number, text in enumerate(NASTY)
    ]
    rows = _stored(warehouse, *items)
    assert [(row["id"], row["document_number"], row["transport_id"], row["raw"]) for row in rows] == [
        (item.id, item.document_number, item.transport_id, item.raw) for item in items
    ]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe{", b"\\x41", b"\x00\x01", '{"ø": "\\u0000"}'.encode()])
def test_raw_bytes_of_any_kind_are_kept(warehouse: str, raw: bytes) -> None:
    (row,) = _stored(warehouse, replace(PLAIN, raw=raw))
    assert row["raw"] == raw and row["receptacle"] is None and row["document_number"] == "HC1"


def test_a_container_with_quotes_stands_among_the_containers(warehouse: str) -> None:
    name = 'A"\\B'
    _stored(warehouse, replace(PLAIN, id="1", container=name), replace(PLAIN, id="2", container="C,{D}"))
    with connect(warehouse) as connection:
        row = connection.execute("SELECT containers, lasts FROM ledger.customs_consignment").fetchone()
    assert row is not None and sorted(row["containers"]) == sorted([name, "C,{D}"])
    assert {place: said for place, (said, _) in row["lasts"].items()} == {name: "TO_ENTRY", "C,{D}": "TO_ENTRY"}


def test_a_time_of_an_offset_that_postgresql_does_not_take_stops_nothing(warehouse: str) -> None:
    told = {"routingResult": {"id": "i", "routing": "TO_ENTRY"}, "estimatedTimeOfArrival": "2026-11-20T06:23:00+23:00"}
    late = {**told, "routingResult": {"id": "j", "routing": "TO_ENTRY"}, "estimatedTimeOfArrival": "9999-12-31T23:59-9"}
    rows = _stored(warehouse, read(told), read(late))
    assert [row["eta"] for row in rows] == [datetime(2026, 11, 19, 7, 23, tzinfo=UTC), None]
