"""Poll routing: read one feed of signals to its end, store each page with its marker, and say what is loud.

May be killed, cleared and run twice at any moment: a page counts when its transaction is committed, and it is asked for
again until then.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from include.journey import read_feed
from include.journey.loud_signals import alerts_of
from include.ledger import alerts, feeds, signals
from include.ledger.feeds import Feed
from include.ledger.signal_copy import ready
from include.ledger.warehouse import Connection

if TYPE_CHECKING:
    from include.toll.polling import Endpoint, TollPolls

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Polled:
    """What a poll of one feed brought."""

    endpoint: str
    pages: int = 0
    new: int = 0
    known: int = 0
    routings: Counter[str] = field(default_factory=Counter)

    def sentence(self) -> str:
        """The line an operator reads first."""
        if not self.pages:
            return f"{self.endpoint}: nothing new"
        loud = "".join(f", {number} {routing}" for routing, number in sorted(self.routings.items()))
        return f"{self.endpoint}: {self.new} new signals on {self.pages} pages ({self.known} known before{loud})"


def poll_routing(
    connection: Connection,
    polls: TollPolls,
    feed: Feed,
    endpoint: Endpoint,
    *,
    party: str,
    most_pages: int = read_feed.MOST_PAGES,
) -> Polled:
    """Reads `feed`, whose lock the caller holds, and commits page by page.

    Raises FeedTurnsInCircles, TooManyPages, MarkerRefused, Busy when somebody moved the marker, and what the calls
    raise; all that was read before stays.
    """
    result = Polled(endpoint)
    fetched = read_feed.pages(lambda marker: polls.routing(endpoint, marker), feed.marker, most=most_pages)
    made = (ready(page, endpoint) for page in fetched)
    with read_feed.made_for_pages(), read_feed.Ahead(made) as pages:
        for page in pages:
            repeats = result.known > 0
            stored = signals.store_page(connection, feed, page, repeats=repeats, meanwhile=pages.make_next)
            alerts.record(connection, alerts_of(party, feed, stored.loud))
            connection.commit()
            feed = feeds.after(feed, page.last_id, stored.last_position)
            _count(result, stored)
            log.info("%s: page %d, %d new of %d signals", endpoint, result.pages, stored.new, stored.items)
    feeds.read_to_its_end(connection, feed)
    return result


def _count(result: Polled, stored: signals.Stored) -> None:
    result.pages += 1
    result.new += stored.new
    result.known += stored.items - stored.new
    result.routings.update(_names(stored.loud))


def _names(loud: Sequence[signals.Loud]) -> list[str]:
    return [one.row.routing or "malformed" for one in loud]
