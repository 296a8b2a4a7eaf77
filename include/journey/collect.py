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
from typing import Literal
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.drop.drop import READ_AHEAD, Drop
from include.drop.flight import Budget, Share
from include.drop.names import display_name, is_document, is_manifest, is_sidecar, is_unfinished, join, refuse_name
from include.drop.seen import Seen
from include.drop.unpack import Limits, Member, is_whole_container, members
from include.errors import ContentRefused, NameRefused, OneDocument, SamsvarError
from include.ivi.whole import is_whole
from include.journey.companions import Companions, is_companion, read_companions
from include.journey.progress import Progress
from include.ledger import intake, sightings
from include.ledger.content import ContentStore, sha256
from include.ledger.intake import ReadFile, ReadMember
from include.ledger.sightings import ListedFile, OpenSighting
from include.ledger.warehouse import Connection

GROUP = 256
"""Files that are committed together: what a killed task has to do again."""

# Storing waits for the disk, and disks write many files at once: with 12 threads five times as many as with one.
_STORING_THREADS = 12

_Found = tuple[OpenSighting, ReadFile | Literal["gone", "growing"]]


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
    """Reads without a break while earlier files are stored; groups are committed in the order of the listing."""
    progress = Progress(f"{party.id} · collected", len(ripe))
    limits = Limits(max_bytes=party.max_bytes)
    by_path = {join(f"{party.drop}/inbox", file.name_bytes): (at // GROUP, file) for at, file in enumerate(ripe)}
    groups: list[list[asyncio.Future[_Found]]] = [[] for _ in range(0, len(ripe), GROUP)]
    stored, budget, loop = 0, Budget(READ_AHEAD), asyncio.get_running_loop()
    with ThreadPoolExecutor(_STORING_THREADS) as pool:
        async with aclosing(
            drop.read_many(list(by_path), max_bytes=lambda path: limits.to_read(by_path[path][1].name_bytes))
        ) as contents:
            async for path, content in contents:
                number, file = by_path[path]
                share = budget.share()
                await share.take(len(content) if isinstance(content, bytes) else 0)
                storing = loop.run_in_executor(pool, _sort, store, party, file, content, companions)
                storing.add_done_callback(partial(_stored, share))
                groups[number].append(storing)
                while stored < len(groups) and len(groups[stored]) == min(GROUP, len(ripe) - stored * GROUP):
                    group = await asyncio.gather(*groups[stored])
                    await asyncio.to_thread(_commit_group, connection, party, group, result)
                    progress.add(len(group))
                    groups[stored] = []
                    stored += 1
    progress.finish()


def _stored(share: Share, storing: asyncio.Future[_Found]) -> None:
    share.give_back()
    if not storing.cancelled():
        storing.exception()  # seen: the group's own wait raises it


def _sort(
    store: ContentStore,
    party: Party,
    file: OpenSighting,
    content: bytes | SamsvarError | FileNotFoundError,
    companions: Companions,
) -> _Found:
    """What one file turned out to be; whole content is in the store afterwards. Runs in a thread: storing waits."""
    if isinstance(content, FileNotFoundError):
        return file, "gone"
    if isinstance(content, OneDocument):
        return file, _unreadable(file, content)
    if isinstance(content, SamsvarError) or len(content) != file.size or not _arrived(file.name_bytes, content):
        return file, "growing"  # changed since it was listed, or the server cannot read it just now: looked at again
    return file, _read(store, party, file, content, companions)


def _commit_group(connection: Connection, party: Party, group: Sequence[_Found], result: Collected) -> None:
    read = [found for _, found in group if isinstance(found, ReadFile)]
    gone = [file.id for file, found in group if found == "gone"]
    growing = [file.id for file, found in group if found == "growing"]
    read.sort(key=lambda file: file.sighting_id)  # of equal contents the first listed is the document
    taken = intake.take(connection, party.id, read, resubmit=party.resubmit == "auto")
    sightings.mark_gone(connection, gone)
    sightings.mark_not_whole(connection, growing, timedelta(hours=party.thresholds.incomplete_hours))
    connection.commit()
    result.documents += taken.documents
    result.duplicates += taken.duplicates
    result.invalid += taken.invalid
    result.not_whole += len(growing)


def _arrived(name: bytes, content: bytes) -> bool:
    """Whether the last byte has come: the root element ends, or the archive does."""
    return is_whole(content) if name.lower().endswith(b".xml") else is_whole_container(name, content)


def _unreadable(file: OpenSighting, error: OneDocument) -> ReadFile:
    member = ReadMember(rule_id=error.rule_id, reason=str(error))
    return ReadFile(sighting_id=file.id, file_sha256="", members=[member])


def _read(store: ContentStore, party: Party, file: OpenSighting, content: bytes, companions: Companions) -> ReadFile:
    file_sha256 = sha256(content)
    store.put(content, file_sha256)  # the file as it lies there: filing away may have to restore it
    try:
        found = members(file.name_bytes, content, Limits(max_bytes=party.max_bytes))
    except ContentRefused as error:
        found = [Member(None, error)]
    inside = companions.inside(found)
    whole = (content, file_sha256)
    read = [_member(store, file, member, inside, whole) for member in found if not is_companion(member)]
    if not read:
        nothing = "The archive holds no eCoC document; put the .xml files into it and drop it again."
        read = [ReadMember(rule_id="archive.no_document", reason=nothing)]
    return ReadFile(sighting_id=file.id, file_sha256=file_sha256, members=read)


def _member(
    store: ContentStore, file: OpenSighting, member: Member, companions: Companions, whole: tuple[bytes, str]
) -> ReadMember:
    """One document out of a file. `whole` is the file with its hash; a plain document is the file, stored already."""
    name = member.name or ""
    if not isinstance(member.content, bytes):
        return ReadMember(member=name, rule_id=member.content.rule_id, reason=str(member.content))
    digest = whole[1] if member.content is whole[0] else sha256(member.content)
    if digest != whole[1]:
        store.put(member.content, digest)
    companion = companions.of(name.encode("utf-8", "surrogateescape") or file.name_bytes)
    return ReadMember(member=name, sha256=digest, size=len(member.content), companion=companion)
