"""What one file of the inbox turned out to be: whole or not, which documents it holds; whole content is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Literal

from include.drop.drop import READ_AHEAD, Drop
from include.drop.flight import Budget, Share
from include.drop.names import join
from include.drop.unpack import Limits, Member, is_whole_container, members
from include.errors import ContentRefused, OneDocument, SamsvarError
from include.ivi.whole import is_whole
from include.journey.companions import Companions, is_companion
from include.ledger.content import ContentStore, sha256
from include.ledger.intake import ReadFile, ReadMember

# Storing waits for the disk, and disks write many files at once: with 12 threads five times as many as with one.
_STORING_THREADS = 12


@dataclass(frozen=True, slots=True)
class Ripe:
    """A file that is to be read: its sighting, its name in the inbox and its size in bytes when it was listed."""

    sighting_id: int
    name_bytes: bytes
    size: int


Sorted = tuple[int, ReadFile | Literal["gone", "growing"]]
"""A sighting with what its file holds; `gone` since it was listed, or `growing`: to be looked at again."""

Took = Callable[[int, "asyncio.Future[Sorted]"], Awaitable[None]]


async def sort_all(
    drop: Drop,
    store: ContentStore,
    limits: Limits,
    inbox: str,
    files: Iterable[Ripe],
    companions: Companions,
    took: Took,
) -> None:
    """Reads all of them without a break while those that came first are stored; `took` gets each as it was read.

    Raises ServiceUnavailable when the drop goes away; what storing raises is in the future that `took` was given.
    """
    by_path = {join(inbox, file.name_bytes): file for file in files}
    budget, loop = Budget(READ_AHEAD), asyncio.get_running_loop()
    with ThreadPoolExecutor(_STORING_THREADS) as pool:
        async with aclosing(
            drop.read_many(list(by_path), max_bytes=lambda path: limits.to_read(by_path[path].name_bytes))
        ) as contents:
            async for path, content in contents:
                share = budget.share()
                await share.take(len(content) if isinstance(content, bytes) else 0)
                sorting = loop.run_in_executor(pool, sort, store, limits, by_path[path], content, companions)
                sorting.add_done_callback(partial(_stored, share))
                await took(by_path[path].sighting_id, sorting)


def _stored(share: Share, sorting: asyncio.Future[Sorted]) -> None:
    share.give_back()
    if not sorting.cancelled():
        sorting.exception()  # seen: who took it raises it


def sort(
    store: ContentStore,
    limits: Limits,
    file: Ripe,
    content: bytes | SamsvarError | FileNotFoundError,
    companions: Companions,
) -> Sorted:
    """What one file turned out to be; whole content is in the store afterwards. Runs in a thread: storing waits."""
    if isinstance(content, FileNotFoundError):
        return file.sighting_id, "gone"
    if isinstance(content, OneDocument):
        return file.sighting_id, _unreadable(file, content)
    if isinstance(content, SamsvarError) or len(content) != file.size or not _arrived(file.name_bytes, content):
        return (
            file.sighting_id,
            "growing",
        )  # changed since it was listed, or the server cannot read it just now: looked at again
    return file.sighting_id, _read(store, limits, file, content, companions)


def _arrived(name: bytes, content: bytes) -> bool:
    """Whether the last byte has come: the root element ends, or the archive does."""
    return is_whole(content) if name.lower().endswith(b".xml") else is_whole_container(name, content)


def _unreadable(file: Ripe, error: OneDocument) -> ReadFile:
    member = ReadMember(rule_id=error.rule_id, reason=str(error))
    return ReadFile(sighting_id=file.sighting_id, file_sha256="", members=[member])


def _read(store: ContentStore, limits: Limits, file: Ripe, content: bytes, companions: Companions) -> ReadFile:
    file_sha256 = sha256(content)
    store.put(content, file_sha256)  # the file as it lies there: filing away may have to restore it
    try:
        found = members(file.name_bytes, content, limits)
    except ContentRefused as error:
        found = [Member(None, error)]
    inside = companions.inside(found)
    whole = (content, file_sha256)
    read = [_member(store, file, member, inside, whole) for member in found if not is_companion(member)]
    if not read:
        nothing = "The archive holds no eCoC document; put the .xml files into it and drop it again."
        read = [ReadMember(rule_id="archive.no_document", reason=nothing)]
    return ReadFile(sighting_id=file.sighting_id, file_sha256=file_sha256, members=read)


def _member(
    store: ContentStore, file: Ripe, member: Member, companions: Companions, whole: tuple[bytes, str]
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
