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
    fresh = _copied(connection, feed, rows, places)
    new = rows if len(fresh) == len(rows) else [row for row in rows if row.id in fresh]
    loud: list[Loud] = []
    if new:
        values = {"organisation": feed.organisation_id, "feed": feed.id, "late": late}
        # Held until the commit: a presentation that is opened meanwhile waits, and then sees these consignments.
        connection.execute("SELECT pg_advisory_xact_lock(20261, %(organisation)s)", values)
        _find_the_mrn(connection, values, new)
        loud = _loud(connection, values, new, late=late)
        _stand(connection, values)
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


def _copied(connection: Connection, feed: Feed, rows: Sequence[SignalRow], places: Mapping[str, int]) -> set[str]:
    """Copies the rows into the temporary page, leaves the new ones there and returns their ids."""
    connection.execute(PAGE)
    connection.execute("TRUNCATE customs_page")
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row((places[row.id], *row))
    fresh = {
        str(row["id"])
        for row in connection.execute(
            "INSERT INTO ledger.customs_signal_id (feed, id, position) SELECT %s, id, position FROM customs_page "
            "ON CONFLICT DO NOTHING RETURNING id",
            (feed.id,),
        )
    }
    if len(fresh) < len(rows):
        connection.execute("DELETE FROM customs_page WHERE NOT id = ANY(%s)", (list(fresh),))
    return fresh


def _find_the_mrn(connection: Connection, values: Mapping[str, object], new: Sequence[SignalRow]) -> None:
    """A house that was presented or expected without MRN gets the signal's; a signal without one takes the house's."""
    connection.execute(
        "UPDATE ledger.customs_consignment c SET mrn = p.mrn FROM (SELECT DISTINCT ON (document_number, "
        "document_type) document_number, document_type, mrn FROM customs_page WHERE kind = 'house' AND mrn <> '' "
        "AND document_number <> '' ORDER BY document_number, document_type, position) p "
        "WHERE c.organisation_id = %(organisation)s AND c.kind = 'house' AND c.mrn = '' AND c.signals = 0 "
        "AND c.document_number = p.document_number AND c.document_type = p.document_type AND NOT EXISTS ("
        "SELECT 1 FROM ledger.customs_consignment o WHERE o.organisation_id = %(organisation)s AND o.kind = 'house' "
        "AND o.mrn = p.mrn AND o.document_number = p.document_number AND o.document_type = p.document_type)",
        values,
    )
    if any(row.kind == "house" and not row.mrn and row.document_number for row in new):
        connection.execute(
            "UPDATE customs_page p SET mrn = known.mrn FROM (SELECT c.document_number, c.document_type, "
            "min(c.mrn) AS mrn FROM ledger.customs_consignment c JOIN (SELECT DISTINCT document_number, document_type "
            "FROM customs_page WHERE kind = 'house' AND mrn = '' AND document_number <> '') q USING (document_number, "
            "document_type) WHERE c.organisation_id = %(organisation)s AND c.kind = 'house' "
            "GROUP BY c.document_number, c.document_type HAVING count(*) = 1) known WHERE p.kind = 'house' "
            "AND p.mrn = '' AND p.document_number = known.document_number AND p.document_type = known.document_type",
            values,
        )


def _loud(connection: Connection, values: Mapping[str, object], new: Sequence[SignalRow], *, late: bool) -> list[Loud]:
    """The signals to tell of, each with what counted before it. Must come before the consignments are moved on."""
    wanted = [row for row in new if row.routing != "TO_ENTRY"]
    if not wanted:
        return []
    stood = {
        str(row["id"]): str(row["routing"])
        for row in connection.execute(
            STOOD,
            values,
        )
    }
    within: dict[tuple[str, ...], str | None] = {}
    loud: list[Loud] = []
    for row in new:
        if row.routing != "TO_ENTRY":
            loud.append(Loud(row, within.get(row.key) or stood.get(row.id), late))
        within[row.key] = row.routing
    return loud


def _stand(connection: Connection, values: Mapping[str, object]) -> None:
    """Stores the signals, moves their consignments on, and lets both find the presentation they belong to."""
    moved = [row["consignment_id"] for row in connection.execute(STAND, values)]
    connection.execute("SELECT ledger.link_consignments(%s)", (moved,))
