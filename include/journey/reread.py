"""Read again: what a feed holds behind the marker, in case customs put something in after we had passed.

A cursor over a feed that several write to can miss what is committed late. So the last two days are read once more
every night, from the marker as it was then to the marker as it is now; what is not known yet is stored in its place,
counts, and is an alarm. The marker does not move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from include.journey import read_feed, watch_customs
from include.journey.loud_signals import alerts_of
from include.ledger import alerts, feeds, signals
from include.ledger.feeds import Feed
from include.ledger.signal_copy import ready
from include.ledger.warehouse import Connection
from include.toll.polling import Page, Signal

if TYPE_CHECKING:
    from include.toll.polling import Endpoint, TollPolls

AGE = timedelta(days=2)


@dataclass(slots=True)
class Reread:
    """What reading again found."""

    endpoint: str
    pages: int = 0
    known: int = 0
    late: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """The line an operator reads first."""
        found = f"{len(self.late)} put in behind the marker" if self.late else "nothing was put in behind the marker"
        return f"{self.endpoint}: {self.known} signals of the last days read again, {found}"


def reread(
    connection: Connection, polls: TollPolls, feed: Feed, endpoint: Endpoint, *, party: str, age: timedelta = AGE
) -> Reread:
    """Reads the feed again from its marker of `age` ago to its marker; the caller holds the feed's lock.

    Raises MarkerRefused when customs no longer knows that marker, and what the calls raise.
    """
    result = Reread(endpoint)
    if feed.marker is None or not feed.at_its_end:
        return result  # nothing was read yet, or a rewind is under way that reads everything anyway
    start, after = feeds.marker_of(connection, feed, age)
    if start == feed.marker:
        return result
    fetched = read_feed.pages(lambda marker: polls.routing(endpoint, marker), start)
    for page in _up_to(fetched, feed.marker):
        stored = signals.store_again(connection, feed, ready(page, endpoint), after)
        after = stored.last_position
        result.pages += 1
        result.known += stored.items - stored.new
        result.late += stored.late_ids
        alerts.record(connection, alerts_of(party, feed, stored.loud))
        if stored.late_ids:
            alerts.record(connection, [watch_customs.found_late(party, feed, list(stored.late_ids))])
        connection.commit()
    return result


def _up_to(pages: Iterator[Page[Signal]], marker: str) -> Iterator[Page[Signal]]:
    """The pages up to the marker's own signal: what follows it is the poll's to read, and no news."""
    for page in pages:
        ids = [item.id for item in page.items]
        if marker in ids:
            kept = page.items[: len(ids) - ids[::-1].index(marker)]
            yield Page(kept, marker)
            return
        yield page
