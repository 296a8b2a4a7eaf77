"""Feeds of customs: whose they are, how far each is read, and every move of its marker.

A feed is one endpoint as one organisation sees it in one environment. Whoever reads it holds its lock for as long, and
moves its marker in the transaction that stores what was read (include.ledger.signals, include.ledger.validations).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from include.errors import Busy, ConfigurationError
from include.ledger.warehouse import Connection, Row

_SPACE = 20_262
"""First half of the lock of a feed; 20261 is that of an organisation, held until its writer commits."""

STATUSES = "validation-status"


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed as the ledger has it. `marker` None: from the start. `position` is the highest place given out."""

    id: int
    organisation_id: int
    endpoint: str
    marker: str | None
    marker_position: int
    position: int
    first_asked_at: datetime
    read_at: datetime | None

    @property
    def at_its_end(self) -> bool:
        """True where everything after the marker is new; false after a rewind."""
        return self.marker_position == self.position


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the marts need of a party's block: minutes until something is overdue, and places of control by office."""

    validation_minutes: int
    signal_minutes: int
    control_places: Mapping[str, str]


def organisation_of(connection: Connection, party: str, environment: str, organisation: str, watched: Watched) -> int:
    """The organisation's id in the ledger; notes what the marts need of the party where that changed. Commits.

    The party must be known (include.ledger.sightings.name_party).
    """
    row = connection.execute(
        "SELECT ledger.customs_organisation_of(%s, %s, %s) AS id", (environment, organisation, party)
    ).fetchone()
    found = int(_there(row)["id"])
    noted = connection.execute(
        "INSERT INTO ledger.customs_party AS c (party, organisation_id, validation_minutes, signal_minutes, "
        "control_places) VALUES (%s, %s, %s, %s, %s) ON CONFLICT (party) DO UPDATE SET "
        "organisation_id = excluded.organisation_id, validation_minutes = excluded.validation_minutes, "
        "signal_minutes = excluded.signal_minutes, control_places = excluded.control_places, updated_at = now() "
        "WHERE (c.organisation_id, c.validation_minutes, c.signal_minutes, c.control_places) IS DISTINCT FROM "
        "(excluded.organisation_id, excluded.validation_minutes, excluded.signal_minutes, excluded.control_places) "
        "RETURNING c.party",
        (
            party,
            found,
            watched.validation_minutes,
            watched.signal_minutes,
            Jsonb(dict(watched.control_places)),
        ),
    ).fetchone()
    if noted is not None:
        connection.execute(
            "SELECT ledger.expect_house(e) FROM ledger.expected_house e JOIN ledger.presentation_file f "
            "ON f.id = e.presentation_file_id WHERE f.party = %s AND f.seen_at > now() - interval '30 days'",
            (party,),
        )
    connection.commit()
    return found


def feed_of(connection: Connection, organisation_id: int, endpoint: str) -> Feed:
    """The feed, made when it is first asked for; commits."""
    values = (organisation_id, endpoint)
    select = "SELECT * FROM ledger.marker WHERE organisation_id = %s AND endpoint = %s"
    row = connection.execute(select, values).fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO ledger.marker (organisation_id, endpoint) VALUES (%s, %s) ON CONFLICT DO NOTHING", values
        )
        row = connection.execute(select, values).fetchone()
    connection.commit()
    return _feed(row)


def feeds_of(connection: Connection, organisation_id: int) -> list[Feed]:
    """Every feed of the organisation that was ever asked for."""
    rows = connection.execute(
        "SELECT * FROM ledger.marker WHERE organisation_id = %s ORDER BY endpoint", (organisation_id,)
    )
    return [_feed(row) for row in rows]


def party_of(connection: Connection, feed: Feed) -> str:
    """The first of our parties whose token shows this feed."""
    row = connection.execute(
        "SELECT party FROM ledger.customs_organisation WHERE id = %s", (feed.organisation_id,)
    ).fetchone()
    return str(_there(row)["party"])


@contextmanager
def reading(connection: Connection, feed: Feed) -> Iterator[Feed]:
    """Holds the feed while it is read, and yields it as it is now. Never waits: raises Busy when another reads it.

    The lock is the session's, so it ends with the process. It only saves double work: that nothing is lost or doubled
    rests on the row's lock and the compared marker in `lock`.
    """
    row = connection.execute("SELECT pg_try_advisory_lock(%s, %s) AS got", (_SPACE, feed.id)).fetchone()
    connection.commit()
    if not _there(row)["got"]:
        raise Busy(f"Another run is reading the feed {feed.endpoint}; this task tries again shortly.", retry_after=15)
    try:
        now = connection.execute("SELECT * FROM ledger.marker WHERE id = %s", (feed.id,)).fetchone()
        connection.commit()
        yield _feed(now)
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (_SPACE, feed.id))
            connection.commit()


def lock(connection: Connection, feed: Feed) -> Feed:
    """Takes the feed's row until the transaction ends. Raises Busy when its marker moved since `feed` was read."""
    now = _feed(connection.execute("SELECT * FROM ledger.marker WHERE id = %s FOR UPDATE", (feed.id,)).fetchone())
    if now.marker != feed.marker:
        raise Busy(
            f"The marker of the feed {feed.endpoint} was moved by somebody else while this task read; it goes on from "
            "there.",
            retry_after=15,
        )
    return now


def move(connection: Connection, feed: Feed, to: str, position: int, *, items: int, new_items: int, end: int) -> None:
    """Moves the marker of a locked feed to the page's last id; the caller commits it with the rows."""
    connection.execute(
        "WITH moved AS (UPDATE ledger.marker SET marker = %(to)s, marker_position = %(position)s, "
        "position = greatest(position, %(end)s), moved_at = now() WHERE id = %(feed)s) "
        "INSERT INTO ledger.marker_history (feed, how, from_marker, to_marker, to_position, items, new_items) "
        "VALUES (%(feed)s, 'page', %(from)s, %(to)s, %(position)s, %(items)s, %(new)s)",
        {
            "feed": feed.id,
            "from": feed.marker,
            "to": to,
            "position": position,
            "end": end,
            "items": items,
            "new": new_items,
        },
    )


def after(feed: Feed, marker: str | None, position: int) -> Feed:
    """The feed as it is once a page was stored and committed: what the next page must find."""
    return replace(feed, marker=marker, marker_position=position, position=max(feed.position, position))


def read_to_its_end(connection: Connection, feed: Feed) -> None:
    """Notes that nothing is left to read; commits."""
    connection.execute("UPDATE ledger.marker SET read_at = now() WHERE id = %s", (feed.id,))
    connection.commit()


def rewind(connection: Connection, feed: Feed, to: str | None, *, reason: str, by: str) -> Feed:
    """Sets the marker back to a signal that is stored, or to the start (None); commits. Known signals are kept once.

    Raises ConfigurationError when no such signal is known in this feed.
    """
    now = _feed(connection.execute("SELECT * FROM ledger.marker WHERE id = %s FOR UPDATE", (feed.id,)).fetchone())
    position = 0 if to is None else position_of(connection, feed, to)
    connection.execute(
        "UPDATE ledger.marker SET marker = %s, marker_position = %s, moved_at = now() WHERE id = %s",
        (to, position, feed.id),
    )
    connection.execute(
        "INSERT INTO ledger.marker_history (feed, how, from_marker, to_marker, to_position, items, new_items, reason, "
        "by_whom) VALUES (%s, 'rewind', %s, %s, %s, 0, 0, %s, %s)",
        (feed.id, now.marker, to, position, reason, by),
    )
    connection.commit()
    return feed_of(connection, feed.organisation_id, feed.endpoint)


def position_of(connection: Connection, feed: Feed, signal_id: str) -> int:
    """The place of a stored signal in its feed. Raises ConfigurationError when no such signal is known."""
    row = connection.execute(
        "SELECT position FROM ledger.customs_signal_id WHERE feed = %s AND id = %s", (feed.id, signal_id)
    ).fetchone()
    if row is None:
        connection.rollback()
        raise ConfigurationError(
            f"No signal {signal_id!r} is known in the feed {feed.endpoint}; nothing was set back. mart.customs_signal "
            "has the ids."
        )
    return int(row["position"])


def marker_of(connection: Connection, feed: Feed, age: timedelta) -> tuple[str | None, int]:
    """The marker as it stood so long ago, with its place in the feed; (None, 0) when the feed was not read then."""
    row = connection.execute(
        "SELECT to_marker, to_position FROM ledger.marker_history WHERE feed = %s AND at <= now() - %s "
        "AND to_marker IS NOT NULL AND how = 'page' ORDER BY at DESC, id DESC LIMIT 1",
        (feed.id, age),
    ).fetchone()
    connection.commit()
    return (str(row["to_marker"]), int(row["to_position"])) if row else (None, 0)


def _feed(row: Row | None) -> Feed:
    found = _there(row)
    return Feed(**{name: found[name] for name in Feed.__slots__})


def _there(row: Row | None) -> Row:
    if row is None:
        raise LookupError("the feed is not in the ledger")
    return row
