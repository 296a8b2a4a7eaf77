"""Setting a marker back on purpose: to a stored signal, to where it stood at a time, or to the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.errors import ConfigurationError
from include.ledger import feeds
from include.ledger.feeds import Feed
from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class Target:
    """Where a marker would be set back to. `again`: known signals that the next poll would read once more."""

    marker: str | None
    again: int

    def sentence(self, party: str, feed: Feed) -> str:
        """What a person is asked to confirm."""
        to = f"the signal {self.marker}" if self.marker else "the start of the feed"
        return (
            f"{party}, feed {feed.endpoint}: the marker stands at {feed.marker or 'the start'} and would be set back "
            f"to {to}. {self.again} signals that are stored would be read once more; none is stored twice and no alert "
            "comes twice."
        )


def target(connection: Connection, feed: Feed, to: str, timezone: str) -> Target:
    """What `to` means: empty (the start), a time in the party's time zone, or the id of a stored signal.

    Raises ConfigurationError when it is none of them.
    """
    marker = _at(connection, feed, to, timezone) if to else None
    position = 0
    if marker is not None:
        position = feeds.position_of(connection, feed, marker)
    row = connection.execute(
        "SELECT count(*) AS n FROM ledger.customs_signal WHERE feed = %s AND position > %s", (feed.id, position)
    ).fetchone()
    connection.commit()
    return Target(marker, int(row["n"]) if row else 0)


def _at(connection: Connection, feed: Feed, to: str, timezone: str) -> str | None:
    try:
        moment = datetime.fromisoformat(to)
    except ValueError:
        return to
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    row = connection.execute(
        "SELECT to_marker FROM ledger.marker_history WHERE feed = %s AND at <= %s AND how = 'page' "
        "ORDER BY at DESC, id DESC LIMIT 1",
        (feed.id, moment),
    ).fetchone()
    return str(row["to_marker"]) if row else None


def rewind_from(connection: Connection, feed: Feed, found: Mapping[str, Any], *, by: str) -> None:
    """Does what `find` proposed, if the marker still stands where it stood then; what is done already is left alone.

    Raises ConfigurationError when it moved.
    """
    if feed.marker == found["to"]:
        return
    if feed.marker != found["from"]:
        raise ConfigurationError(
            "The marker has moved since it was looked at, so nothing was set back; trigger the form anew."
        )
    feeds.rewind(connection, feed, found["to"], reason=found["reason"], by=by)
