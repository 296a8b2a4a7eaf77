"""Collect: take what is whole from a party's inbox, keep the original bytes, give every file a row.

Nothing at the drop is touched here. A task that is killed at any line is simply run again: files are matched with
their sightings, bytes with their hash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.drop.drop import READ_AHEAD, Drop
from include.drop.flight import Budget, Share
from include.drop.names import display_name, is_document, is_manifest, is_sidecar, is_unfinished, join, refuse_name
from include.drop.seen import Seen
from include.drop.unpack import Limits
from include.errors import NameRefused
from include.journey.companions import Companions, read_companions
from include.journey.progress import Progress
from include.journey.sorting import Sorted, sort
from include.ledger import deletion_requests, intake, sightings
from include.ledger.content import ContentStore
from include.ledger.intake import ReadFile
from include.ledger.sightings import ListedFile, OpenSighting
from include.ledger.warehouse import Connection

GROUP = 256
"""Files that are committed together: what a killed task has to do again."""

# Storing waits for the disk, and disks write many files at once: with 12 threads five times as many as with one.
_STORING_THREADS = 12


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
    limits = Limits(max_bytes=party.max_bytes)
    by_path = {join(f"{party.drop}/inbox", file.name_bytes): (at // GROUP, file) for at, file in enumerate(ripe)}
    groups: list[list[asyncio.Future[Sorted]]] = [[] for _ in range(0, len(ripe), GROUP)]
    stored, budget, loop = 0, Budget(READ_AHEAD), asyncio.get_running_loop()
    committer = _Committer(connection, party, result, Progress(f"{party.id} · collected", len(ripe)))
    with ThreadPoolExecutor(_STORING_THREADS) as pool:
        async with (
            committer,
            aclosing(
                drop.read_many(list(by_path), max_bytes=lambda path: limits.to_read(by_path[path][1].name_bytes))
            ) as contents,
        ):
            async for path, content in contents:
                number, file = by_path[path]
                share = budget.share()
                await share.take(len(content) if isinstance(content, bytes) else 0)
                storing = loop.run_in_executor(pool, sort, store, party, file, content, companions)
                storing.add_done_callback(partial(_stored, share))
                groups[number].append(storing)
                while stored < len(groups) and len(groups[stored]) == min(GROUP, len(ripe) - stored * GROUP):
                    await committer.take(groups[stored])
                    groups[stored] = []
                    stored += 1


class _Committer:
    """Commits one group after the other while the next one is being read. Left with `async with`, it is done."""

    def __init__(self, connection: Connection, party: Party, result: Collected, progress: Progress) -> None:
        self._connection, self._party, self._result, self._progress = connection, party, result, progress
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Waits in any case: the connection must not be closed under a thread that uses it."""
        if self._task is not None:
            await asyncio.wait([self._task])
            failed = self._task.exception()
            if kind is None and failed is not None:
                raise failed
        if kind is None:
            self._progress.finish()

    async def take(self, group: Sequence[asyncio.Future[Sorted]]) -> None:
        """Starts with this group as soon as the one before is committed; raises what went wrong with that one."""
        if self._task is not None:
            await self._task
        self._task = asyncio.create_task(self._commit(group))

    async def _commit(self, group: Sequence[asyncio.Future[Sorted]]) -> None:
        found = await asyncio.gather(*group)
        await asyncio.to_thread(_commit_group, self._connection, self._party, found, self._result)
        self._progress.add(len(found))


def _stored(share: Share, storing: asyncio.Future[Sorted]) -> None:
    share.give_back()
    if not storing.cancelled():
        storing.exception()  # seen: the group's own wait raises it


def _commit_group(connection: Connection, party: Party, group: Sequence[Sorted], result: Collected) -> None:
    read = [found for _, found in group if isinstance(found, ReadFile)]
    gone = [file.id for file, found in group if found == "gone"]
    growing = [file.id for file, found in group if found == "growing"]
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
