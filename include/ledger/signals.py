"""Stores a page of control signals: rows, where each consignment stands, and the marker, in one transaction.

A signal is known by its id in its feed, for ever, so any page may be stored any number of times. Its place in the feed
is kept too: a signal that turns up between two known ones gets a place between theirs, so that "the last one counts"
stays true for what customs puts in late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from psycopg.errors import UniqueViolation

from include.ledger import feeds
from include.ledger.feeds import Feed
from include.ledger.signal_copy import STEP, ReadyPage, Told, copy_of, line_of, told_of
from include.ledger.signal_keys import standings, with_mrn
from include.ledger.signal_rows import SignalRow
from include.ledger.signal_sql import COPY, IDS, PAGE, STAND, UNLESS_KNOWN
from include.ledger.warehouse import Connection


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


def _nothing() -> None:
    return None


def store_page(
    connection: Connection,
    feed: Feed,
    page: ReadyPage,
    *,
    repeats: bool = False,
    meanwhile: Callable[[], None] = _nothing,
) -> Stored:
    """Stores the page that was fetched after `feed.marker` and moves the marker; the caller commits, or nothing counts.

    `repeats`: the feed has given known signals once more, so they are looked for first, which takes a little longer.
    `meanwhile` is called right before the long wait for the database: what it begins does not hold this thread up.
    Raises Busy when somebody else moved the marker meanwhile.
    """
    # A server that loses power may forget the last pages, each with its marker and its alerts: they are read again.
    connection.execute("SET LOCAL synchronous_commit = off")
    now = feeds.lock(connection, feed)
    stored = _store(connection, now, page, after=now.marker_position, late=False, repeats=repeats, meanwhile=meanwhile)
    if page.last_id is not None:
        end = max(now.position, stored.last_position)
        feeds.move(
            connection, now, page.last_id, stored.last_position, items=stored.items, new_items=stored.new, end=end
        )
    return stored


def store_again(connection: Connection, feed: Feed, page: ReadyPage, after: int) -> Stored:
    """Stores what is not known yet of a page read again, fetched after the signal at place `after`; moves no marker."""
    connection.execute("SELECT 1 FROM ledger.marker WHERE id = %s FOR UPDATE", (feed.id,))
    return _store(connection, feed, page, after=after, late=True)


def _store(
    connection: Connection,
    feed: Feed,
    page: ReadyPage,
    *,
    after: int,
    late: bool,
    repeats: bool = False,
    meanwhile: Callable[[], None] = _nothing,
) -> Stored:
    if not page.rows:
        return Stored(0, 0, after, ())
    # The page follows on the last signal known, so all of it should be new; _new_ids sees where it is not.
    in_order = feed.at_its_end and not late
    known = {} if in_order else _known(connection, feed, page.rows)
    if in_order and page.rows[0].id == feed.marker:
        known[page.rows[0].id] = feed.marker_position  # customs counts the marker in
    as_made = in_order and not known
    base, places = (after, page.places) if as_made else (0, _places(connection, feed, page.rows, after, known))
    new = [row for row in page.rows if row.id not in known]
    loud: list[Loud] = []
    if new:
        # Held until the commit: a presentation that is opened meanwhile waits, and then sees these consignments.
        connection.execute("SELECT pg_advisory_xact_lock(20261, %s)", (feed.organisation_id,))
        named = with_mrn(connection, feed.organisation_id, new)
        as_made = as_made and named == page.rows
        changed = {row.id: line_of(row) for row, was in zip(named, new, strict=True) if row is not was}
        lines = {**page.lines, **changed} if changed else page.lines
        _fill(connection, page.copied if as_made else _copied(named, lines, places))
        fresh = _new_ids(connection, feed, named, base, repeats=repeats)
        new = named if fresh is None else [row for row in named if row.id in fresh]
        if new and len(new) < len(named):
            as_made = False
            _fill(connection, _copied(new, lines, places))
    if new:
        meanwhile()
        before = _stand(connection, feed, base, late=late)
        loud = _loud(page.told if as_made else told_of(new), places, base, before, late=late)
    last = base + places.get(page.last_id or "", places[page.rows[-1].id])
    return Stored(len(page.rows), len(new), last, loud, tuple(row.id for row in new) if late else ())


def _known(connection: Connection, feed: Feed, rows: Sequence[SignalRow]) -> dict[str, int]:
    """The places of those signals of the rows that are stored already."""
    found = connection.execute(
        "SELECT id, position FROM ledger.customs_signal_id WHERE feed = %s AND id = ANY(%s)",
        (feed.id, [row.id for row in rows]),
    )
    return {str(row["id"]): int(row["position"]) for row in found}


def _places(
    connection: Connection, feed: Feed, rows: Sequence[SignalRow], after: int, known: Mapping[str, int]
) -> Mapping[str, int]:
    """The place of each signal, known or new, the first of them after the signal at place `after`."""
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


def _copied(rows: Sequence[SignalRow], lines: Mapping[str, str], places: Mapping[str, int]) -> bytes:
    return copy_of(rows, lines, standings(sorted(rows, key=lambda row: places[row.id])), places)


def _fill(connection: Connection, copied: bytes) -> None:
    """Copies the rows to where the statements find them."""
    connection.execute(PAGE)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(copied)


def _new_ids(
    connection: Connection, feed: Feed, rows: Sequence[SignalRow], base: int, *, repeats: bool = False
) -> set[str] | None:
    """Notes the ids of the copied rows with their places (from `base` on). Returns the new ones; None: all are."""
    values = {"feed": feed.id, "base": base}
    if not repeats:
        with suppress(UniqueViolation), connection.transaction():
            connection.execute(IDS, values)
            return None
    if connection.execute(IDS + UNLESS_KNOWN, values).rowcount == len(rows):
        return None
    found = connection.execute(
        "SELECT id FROM ledger.customs_signal_id i JOIN customs_page p USING (id) WHERE i.feed = %s "
        "AND i.position <> p.position + %s",
        (feed.id, base),
    )
    return {row.id for row in rows} - {str(row["id"]) for row in found}


def _stand(connection: Connection, feed: Feed, base: int, *, late: bool) -> Mapping[tuple[str, ...], tuple[int, str]]:
    """Stores the copied signals, moves their consignments on, and lets both find the presentation they belong to.

    Returns the place and routing that counted before, of each consignment that had one.
    """
    values = {"organisation": feed.organisation_id, "feed": feed.id, "base": base, "late": late}
    (row,) = connection.execute(STAND, values).fetchall()
    if row["moved"] is not None:
        connection.execute("SELECT ledger.link_consignments(%s)", (row["moved"],))
    return {tuple(key): (position, routing) for *key, position, routing in row["before"] or ()}


def _loud(
    told: Sequence[Told],
    places: Mapping[str, int],
    base: int,
    stood: Mapping[tuple[str, ...], tuple[int, str]],
    *,
    late: bool,
) -> list[Loud]:
    """The signals to tell of, each with what counted before it: another of the page, or what `stood` until then."""
    loud = []
    for row, before, first in told:
        if first and row.names_something and row.key in stood:
            position, routing = stood[row.key]
            before = routing if position < base + places[row.id] else None
        loud.append(Loud(row, before, late))
    return loud
