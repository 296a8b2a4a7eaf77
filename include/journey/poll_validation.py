"""Poll validation status: what customs found of each presentation, in the way the connection's setting says.

`list` reads the status of every request there is, ours or not, and stores what changed; `query` and `path` ask for each
presentation that has none yet. May be killed, cleared and run twice at any moment.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from include.journey import read_feed
from include.ledger import alerts, feeds, statuses
from include.ledger.alerts import Alert
from include.ledger.feeds import Feed
from include.ledger.statuses import Told
from include.ledger.warehouse import Connection
from include.toll.polling import Malformed, Page, Status, TollPolls

FAILED, MALFORMED = "customs_validation_failure", "customs_status_malformed"
MOST_QUESTIONS = 500
"""Presentations that one poll asks for one by one."""
LONGEST = 40.0
"""Seconds for those questions: less than the minute between two polls."""
_GROUP = 25


@dataclass(slots=True)
class Validated:
    """What a poll of validation statuses brought."""

    changed: int = 0
    ours: int = 0
    failed: int = 0
    waiting: int = 0

    def sentence(self) -> str:
        """The line an operator reads first."""
        left = f", {self.waiting} not ready yet" if self.waiting else ""
        if not self.changed:
            return f"validation-status: nothing new{left}"
        return f"validation-status: {self.changed} new, {self.ours} of them ours, {self.failed} failed{left}"

    def add(self, told: Told) -> None:
        self.changed += told.changed
        self.ours += len(told.ours)
        self.failed += len(statuses.failures(told.ours))


def poll_list(connection: Connection, polls: TollPolls, feed: Feed) -> Validated:
    """Reads the list of all requests, page by page where it has a marker; commits each page.

    Raises what `read_feed.pages` and the calls raise; what was read before stays.
    """
    result = Validated()
    page = polls.validation_status(feed.marker)
    if page.last_id is None:
        result.add(_stored(connection, feed, page))
    else:
        for each in read_feed.pages(polls.validation_status, feed.marker, first=page):
            result.add(_stored(connection, feed, each))
            feed = feeds.after(feed, each.last_id, 0)
    feeds.read_to_its_end(connection, feed)
    return result


def poll_each(connection: Connection, polls: TollPolls, feed: Feed) -> Validated:
    """Asks for each of our presentations without a status, the oldest first; commits group by group."""
    result = Validated()
    until = time.monotonic() + LONGEST
    wanted = statuses.unvalidated(connection, feed.organisation_id, most=MOST_QUESTIONS)
    for start in range(0, len(wanted), _GROUP):
        if time.monotonic() > until:
            result.waiting += len(wanted) - start
            break
        found = [polls.validation_of(one) for one in wanted[start : start + _GROUP]]
        items: tuple[Status | Malformed, ...] = tuple(one for one in found if one is not None)
        result.waiting += len(found) - len(items)
        result.add(_stored(connection, feed, Page(items, None)))
    feeds.read_to_its_end(connection, feed)
    return result


POLLS = {"list": poll_list, "query": poll_each, "path": poll_each}
Mode = Literal["list", "query", "path"]


def poll_validation(connection: Connection, polls: TollPolls, feed: Feed, mode: Mode) -> Validated:
    """One poll in the mode of the connection; the caller holds the feed's lock."""
    return POLLS[mode](connection, polls, feed)


def _stored(connection: Connection, feed: Feed, page: Page[Status]) -> Told:
    told = statuses.store_statuses(connection, feed, page)
    alerts.record(connection, [_failure(one.party, one.request_id) for one in statuses.failures(told.ours)])
    if told.malformed:
        party = feeds.party_of(connection, feed)
        alerts.record(connection, [_unread(party, feed, one) for one in told.malformed])
    connection.commit()
    return told


def _failure(party: str, request_id: UUID) -> Alert:
    return Alert(
        FAILED,
        party,
        str(request_id),
        f"{party}: customs refused the presentation {request_id} in its validation: mart.customs_presentation says "
        "why. Correct it and present it again; until then the goods are not presented.",
    )


def _unread(party: str, feed: Feed, identity: str) -> Alert:
    return Alert(
        MALFORMED,
        party,
        f"{feed.id}:{identity}",
        f"{party}: a validation status cannot be read; it is kept in ledger.validation_status as {identity}.",
    )
