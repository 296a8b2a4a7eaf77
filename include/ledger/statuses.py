"""Validation statuses as customs tells them, of every request, ours or not; ours are told to the presentations.

Rows, verdicts and marker are of one transaction. A list that is read whole with every poll writes only what changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger import feeds
from include.ledger.feeds import Feed
from include.ledger.signal_rows import holds
from include.ledger.validating import Validated, record_validations
from include.ledger.warehouse import Connection
from include.toll.polling import Malformed, Page, Status

_GROUP = 1_000
_STORE = """
INSERT INTO ledger.validation_status AS v (feed, request_id, status, notified_at, faults, mrn, already_used, malformed,
    raw)
SELECT %(feed)s, * FROM unnest(%(id)s::text[], %(status)s::text[], %(at)s::timestamptz[], %(faults)s::jsonb[],
    %(mrn)s::text[], %(used)s::boolean[], %(malformed)s::text[], %(raw)s::bytea[])
ON CONFLICT (feed, request_id) DO UPDATE SET status = excluded.status, notified_at = excluded.notified_at,
    faults = excluded.faults, mrn = excluded.mrn, already_used = excluded.already_used, malformed = excluded.malformed,
    raw = excluded.raw, changed_at = now()
WHERE v.raw IS DISTINCT FROM excluded.raw AND NOT (excluded.already_used AND NOT v.already_used)
RETURNING request_id
"""
_STALE = """
UPDATE ledger.routing_receipt SET stale = true WHERE NOT stale AND file_id IN (
    SELECT file_id FROM ledger.presentation WHERE request_id = ANY(%s))
"""
_LONGEST = 10_000
"""Characters of one of customs' sentences."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a page of statuses brought: how many, how many new or changed, ours among them, and ids of unread ones."""

    items: int
    changed: int
    ours: Sequence[Validated]
    malformed: Sequence[str]


def store_statuses(connection: Connection, feed: Feed, page: Page[Status]) -> Told:
    """Stores a page and moves the marker where the page has one; the caller commits. Raises Busy as `feeds.lock`."""
    now = feeds.lock(connection, feed)
    changed = _changed(connection, now, [_readable(item) for item in page.items])
    ours = record_validations(connection, [item for item in changed if isinstance(item, Status)])
    connection.execute(_STALE, ([one.request_id for one in ours],))
    if page.last_id is not None:
        feeds.move(connection, now, page.last_id, 0, items=len(page.items), new_items=len(changed), end=0)
    unread = [_id(item) for item in changed if isinstance(item, Malformed)]
    return Told(len(page.items), len(changed), ours, unread)


def _changed(connection: Connection, feed: Feed, items: Sequence[Status | Malformed]) -> list[Status | Malformed]:
    """Stores the items and returns those that say something new, in feed order; of several about one request all."""
    changed: set[str] = set()
    newest = list({_id(item): item for item in items if _counts(item)}.values())
    for start in range(0, len(newest), _GROUP):
        rows = [_row(item) for item in newest[start : start + _GROUP]]
        names = ("id", "status", "at", "faults", "mrn", "used", "malformed", "raw")
        values = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        changed |= {str(row["request_id"]) for row in connection.execute(_STORE, {"feed": feed.id, **values})}
    return [item for item in items if _id(item) in changed or not _counts(item)]


def _counts(item: Status | Malformed) -> bool:
    """A refused repetition of a requestId says nothing of its first use, so it never replaces what is stored."""
    return isinstance(item, Malformed) or not item.already_used


def _id(item: Status | Malformed) -> str:
    identity = item.request_id if isinstance(item, Status) else item.id
    if identity and holds(identity):
        return identity
    return f"sha256:{hashlib.sha256(item.raw).hexdigest()}"


def _readable(item: Status | Malformed) -> Status | Malformed:
    """The item, or a malformed one where a value of it cannot be stored."""
    if isinstance(item, Malformed):
        return item
    words = [word for fault in item.faults for word in (fault.path, fault.text)]
    words += [item.status, item.mrn or ""]
    if holds(item.request_id) and all(holds(word, longest=_LONGEST) for word in words):
        return item
    return Malformed(item.raw, "A value of the status is too long or holds characters no text has.", item.request_id)


def _row(item: Status | Malformed) -> tuple[object, ...]:
    nothing = Jsonb([])
    if isinstance(item, Malformed):
        return (_id(item), None, None, nothing, None, False, item.sentence, item.raw)
    faults = Jsonb([asdict(fault) for fault in item.faults])
    return (_id(item), item.status, item.notified_at, faults, item.mrn, item.already_used, None, item.raw)


def unvalidated(
    connection: Connection, organisation_id: int, *, most: int, within: timedelta = timedelta(days=30)
) -> list[UUID]:
    """Our presentations of the organisation that were sent and have no validation status yet, the oldest first."""
    rows = connection.execute(
        "SELECT p.request_id FROM ledger.presentation p JOIN ledger.customs_organisation o "
        "ON o.organisation = p.sender AND o.environment = p.environment WHERE o.id = %s AND p.validation IS NULL "
        "AND p.live AND p.first_sent_at > now() - %s ORDER BY p.first_sent_at LIMIT %s",
        (organisation_id, within, most),
    ).fetchall()
    connection.commit()
    return [row["request_id"] for row in rows]


def failures(ours: Iterable[Validated]) -> list[Validated]:
    """Those that customs found wrong."""
    return [one for one in ours if one.validation == "FAILURE"]
