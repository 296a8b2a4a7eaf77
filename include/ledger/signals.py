"""Stores a page of control signals: rows, where each consignment stands, and the marker, in one transaction.

A signal is known by its id in its feed, for ever, so any page may be stored any number of times. Its place in the feed
is kept too: a signal that turns up between two known ones gets a place between theirs, so that "the last one counts"
stays true for what customs puts in late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from include.ledger import feeds
from include.ledger.feeds import Feed
from include.ledger.signal_keys import NOT_THE_LAST, standings, with_mrn
from include.ledger.signal_rows import SignalRow, row_of
from include.ledger.signal_sql import COPY, PAGE, STAND, STOOD
from include.ledger.warehouse import Connection
from include.toll.polling import Page, Signal

STEP = 1 << 20
"""Places between two signals that were read one after the other: room for what comes between them."""


@dataclass(frozen=True, slots=True)
class Loud:
    """A new signal that somebody has to hear of. `before` is what counted until then; `malformed`: why it is unread."""

    row: SignalRow
    before: str | None
    late: bool

    @property
    def reverses(self) -> bool:
        """True where goods that were released are so no longer: they may be out already."""
        return self.before == "TO_ENTRY" and self.row.routing != "TO_ENTRY"


@dataclass(frozen=True, slots=True)
class Stored:
    """What a page held: different signals, those not known before, where its last one stands, and the loud ones."""

    items: int
    new: int
    last_position: int
    loud: Sequence[Loud] = field(repr=False)
    late_ids: Sequence[str] = field(default=(), repr=False)


def store_page(connection: Connection, feed: Feed, page: Page[Signal]) -> Stored:
    """Stores the page that was fetched after `feed.marker` and moves the marker; the caller commits, or nothing counts.

    Raises Busy when somebody else moved the marker meanwhile.
    """
    # A server that loses power may forget the last pages, each with its marker and its alerts: they are read again.
    connection.execute("SET LOCAL synchronous_commit = off")
    now = feeds.lock(connection, feed)
    stored = _store(connection, now, page, after=now.marker_position, late=False)
    if page.last_id is not None:
        end = max(now.position, stored.last_position)
        feeds.move(
            connection, now, page.last_id, stored.last_position, items=stored.items, new_items=stored.new, end=end
        )
    return stored


def store_again(connection: Connection, feed: Feed, page: Page[Signal], after: int) -> Stored:
    """Stores what is not known yet of a page read again, fetched after the signal at place `after`; moves no marker."""
    connection.execute("SELECT 1 FROM ledger.marker WHERE id = %s FOR UPDATE", (feed.id,))
    return _store(connection, feed, page, after=after, late=True)


def _store(connection: Connection, feed: Feed, page: Page[Signal], *, after: int, late: bool) -> Stored:
    found = [row_of(item, feed.endpoint) for item in page.items]
    rows = list({row.id: row for row in found}.values())
    if not rows:
        return Stored(0, 0, after, ())
    places = _places(connection, feed, rows, after, in_order=feed.at_its_end and not late)
    fresh = _new_ids(connection, feed, places)
    new = rows if len(fresh) == len(rows) else [row for row in rows if row.id in fresh]
    loud: list[Loud] = []
    if new:
        values = {"organisation": feed.organisation_id, "feed": feed.id, "late": late}
        # Held until the commit: a presentation that is opened meanwhile waits, and then sees these consignments.
        connection.execute("SELECT pg_advisory_xact_lock(20261, %(organisation)s)", values)
        new = with_mrn(connection, feed.organisation_id, new)
        loud = _loud(connection, feed.organisation_id, new, places, late=late)
        _stand(connection, values, new, places)
    last = places.get(page.last_id or "", places[rows[-1].id])
    return Stored(len(rows), len(new), last, loud, tuple(row.id for row in new) if late else ())


def _places(
    connection: Connection, feed: Feed, rows: Sequence[SignalRow], after: int, *, in_order: bool
) -> Mapping[str, int]:
    """The place of each signal, known or new. `in_order`: the page follows on the last signal known."""
    known: dict[str, int] = {}
    if not in_order:
        found = connection.execute(
            "SELECT id, position FROM ledger.customs_signal_id WHERE feed = %s AND id = ANY(%s)",
            (feed.id, [row.id for row in rows]),
        )
        known = {str(row["id"]): int(row["position"]) for row in found}
    places: dict[str, int] = {}
    run: list[str] = []
    for row in rows:
        if row.id not in known:
            run.append(row.id)
            continue
        places.update(_between(connection, feed, run, after))
        run = []
        after = places[row.id] = known[row.id]
    places.update(_between(connection, feed, run, after))
    return places


def _between(connection: Connection, feed: Feed, ids: Sequence[str], after: int) -> Iterator[tuple[str, int]]:
    """Places for signals that follow the one at `after`: at the end of the feed, or before the next one known."""
    if not ids:
        return
    step = STEP
    if after < feed.position:
        row = connection.execute(
            "SELECT min(position) AS next FROM ledger.customs_signal WHERE feed = %s AND position > %s",
            (feed.id, after),
        ).fetchone()
        if row is not None and row["next"] is not None:
            step = max((int(row["next"]) - after) // (len(ids) + 1), 0)
    for number, one in enumerate(ids, start=1):
        yield one, after + number * step


def _new_ids(connection: Connection, feed: Feed, places: Mapping[str, int]) -> set[str]:
    """Notes the ids with their places and returns those that were not known."""
    rows = connection.execute(
        "INSERT INTO ledger.customs_signal_id (feed, id, position) "
        "SELECT %s, * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT DO NOTHING RETURNING id",
        (feed.id, list(places), list(places.values())),
    )
    return {str(row["id"]) for row in rows}


def _loud(
    connection: Connection, organisation: int, new: Sequence[SignalRow], places: Mapping[str, int], *, late: bool
) -> list[Loud]:
    """The signals to tell of, each with what counted before it. Must come before the consignments are moved on."""
    said: dict[tuple[str, ...], str | None] = {}
    before: dict[str, str | None] = {}
    asked: list[SignalRow] = []
    for row in new:
        if row.routing != "TO_ENTRY":
            if row.key in said:
                before[row.id] = said[row.key]
            elif row.names_something:
                asked.append(row)
        said[row.key] = row.routing
    if asked:
        keys = zip(*(row.key for row in asked), strict=True)
        ids, at = [row.id for row in asked], [places[row.id] for row in asked]
        found = connection.execute(STOOD, (*map(list, keys), ids, at, organisation))
        before |= {str(row["id"]): str(row["routing"]) for row in found}
    return [Loud(row, before.get(row.id), late) for row in new if row.routing != "TO_ENTRY"]


def _stand(
    connection: Connection, values: Mapping[str, object], new: Sequence[SignalRow], places: Mapping[str, int]
) -> None:
    """Stores the signals, moves their consignments on, and lets both find the presentation they belong to."""
    standing = standings(new, places)
    connection.execute(PAGE)
    connection.execute("TRUNCATE customs_page")
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in new:
            copy.write_row((places[row.id], *row, *standing.get(row.id, NOT_THE_LAST)))
    moved = [row["consignment_id"] for row in connection.execute(STAND, values)]
    connection.execute("SELECT ledger.link_consignments(%s)", (moved,))
