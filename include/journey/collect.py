"""Collect: take what is whole from a party's inbox, keep the original bytes, give every file a row.

Nothing at the drop is touched here. A task that is killed at any line is simply run again: files are matched with
their sightings, bytes with their hash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import display_name, is_document, is_manifest, is_sidecar, is_unfinished, refuse_name
from include.drop.seen import Seen
from include.drop.unpack import Limits
from include.errors import NameRefused
from include.journey.apart import shared_out, sort_apart
from include.journey.companions import Companions, read_companions
from include.journey.in_order import InOrder
from include.journey.progress import Progress
from include.journey.sorting import Ripe, Sorted, sort_all
from include.ledger import deletion_requests, intake, sightings
from include.ledger.content import ContentStore
from include.ledger.intake import ReadFile
from include.ledger.sightings import ListedFile, OpenSighting
from include.ledger.warehouse import Connection

GROUP = 256
"""Files that are committed together: what a killed task has to do again."""


@dataclass(slots=True)
class Collected:
    """What one look at the inbox led to. `wait_seconds` is above zero when fresh files still have to lie quiet."""

    listed: int = 0
    documents: int = 0
    duplicates: int = 0
    invalid: int = 0
    not_whole: int = 0
    wait_seconds: float = 0.0

    def sentence(self) -> str:
        """The counts an operator looks for."""
        return (
            f"{self.listed} names listed, {self.documents} documents taken, {self.duplicates} duplicates, "
            f"{self.invalid} unreadable, {self.not_whole} not whole yet"
        )


async def collect(connection: Connection, drop: Drop, store: ContentStore, party: Party, *, now: datetime) -> Collected:
    """Lists the inbox once and takes everything that has lain quiet long enough. `now` is the warehouse's time.

    When files are fresh, `wait_seconds` says how long to wait before looking again; files that were already known and
    keep changing are left for the next run. The caller holds the party's lock.
    """
    listing = await drop.inbox(f"{party.drop}/inbox")
    day = now.astimezone(ZoneInfo(party.timezone)).date()
    open_files = sightings.observe(connection, party.id, day, _worth_listing(listing))
    connection.commit()
    result = Collected(listed=len(listing))
    quiet = float(party.wait_seconds)
    ripe = [file for file in open_files if file.is_quiet(now, quiet)]
    result.wait_seconds = _wait(open_files, now, quiet)
    held = sightings.held(connection, party.id)
    if ripe or held:
        companions = await read_companions(connection, drop, party, listing)
        # A sidecar or row that was missing or wrong when the document came may be here now.
        found = [(sighting, companions.of(name)) for sighting, name in held]
        sightings.lay_beside(connection, [(sighting, companion) for sighting, companion in found if companion])
        connection.commit()
        await _take_all(connection, drop, store, party, ripe, companions, result)
    return result


def _wait(files: Sequence[OpenSighting], now: datetime, quiet: float) -> float:
    """Seconds until the freshest new file has been quiet; only files first seen just now are worth waiting for."""
    fresh = [
        quiet - (now - file.stable_since).total_seconds()
        for file in files
        if not file.is_quiet(now, quiet) and now - file.first_seen_at < timedelta(seconds=quiet)
    ]
    return max(fresh, default=0.0)


def _worth_listing(listing: Sequence[Seen]) -> list[ListedFile]:
    """Everything but companions and what its sender still calls unfinished; the oldest first.

    The order decides which of several equal contents is the document and which are its duplicates.
    """
    return [
        _listed(entry)
        for entry in sorted(listing, key=lambda entry: (entry.mtime, entry.name))
        if not (is_unfinished(entry.name) or is_sidecar(entry.name) or is_manifest(entry.name))
    ]


def _listed(entry: Seen) -> ListedFile:
    shown = display_name(entry.name)
    rule, reason = None, None
    if entry.kind != "file":
        kind = {"link": "a link", "folder": "a folder"}.get(entry.kind, "a special file")
        rule, reason = "file.kind", f"{shown} is {kind}, not a file: put the document itself into the inbox."
    else:
        try:
            refuse_name(entry.name)
        except NameRefused as error:
            rule, reason = error.rule_id, str(error)
        if rule is None and not is_document(entry.name):
            rule, reason = "name.kind", f"{shown} is neither .xml, .xml.gz nor .zip: drop eCoC documents only."
    return ListedFile(
        name_bytes=entry.name,
        name=shown,
        size=entry.size,
        mtime=entry.mtime,
        rule_id=rule,
        reason=reason,
        leave_in_place=entry.kind != "file",
    )


async def _take_all(
    connection: Connection,
    drop: Drop,
    store: ContentStore,
    party: Party,
    ripe: Sequence[OpenSighting],
    companions: Companions,
    result: Collected,
) -> None:
    """Reads without a break while earlier files are stored and committed, in the order of the listing."""
    limits, inbox = Limits(max_bytes=party.max_bytes), f"{party.drop}/inbox"
    progress = Progress(f"{party.id} · collected", len(ripe))
    commit = partial(_commit_group, connection, party, result)
    here, there = shared_out([Ripe(file.id, file.name_bytes, file.size) for file in ripe], GROUP)
    async with InOrder([file.id for file in ripe], GROUP, commit, progress) as groups:
        apart = asyncio.create_task(sort_apart(drop, store, limits, inbox, there, companions, groups.took))
        try:
            await sort_all(drop, store, limits, inbox, here, companions, groups.took)
            await sort_all(drop, store, limits, inbox, await apart, companions, groups.took)
        finally:
            apart.cancel()
            await asyncio.wait([apart])


def _commit_group(connection: Connection, party: Party, result: Collected, group: Sequence[Sorted]) -> None:
    read = [found for _, found in group if isinstance(found, ReadFile)]
    gone = [sighting for sighting, found in group if found == "gone"]
    growing = [sighting for sighting, found in group if found == "growing"]
    read.sort(key=lambda file: file.sighting_id)  # of equal contents the first listed is the document
    taken = intake.take(connection, party.id, read, resubmit=party.resubmit == "auto")
    if party.revision == "replace":
        deletion_requests.ask_for_revision(connection, party.id, [(one, one) for one in taken.revisions])
    sightings.mark_gone(connection, gone)
    sightings.mark_not_whole(connection, growing, timedelta(hours=party.thresholds.incomplete_hours))
    connection.commit()
    result.documents += taken.documents
    result.duplicates += taken.duplicates
    result.invalid += taken.invalid
    result.not_whole += len(growing)
