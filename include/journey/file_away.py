"""File away: move decided files out of the inbox, prove that the right bytes were moved, leave a receipt.

The move comes strictly after the outcome is committed. It never goes over an existing file, and what lies at the target
is read again: if the importer overwrote the file meanwhile, the new content goes back to the inbox as something new,
and the archive gets the original bytes from the store.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import display_name, join, name_hash, safe_name
from include.drop.unpack import Limits
from include.errors import BytesMissing, OneDocument, SamsvarError, TryAgain
from include.journey import receipt
from include.journey.moves import Moves
from include.journey.progress import Progress
from include.ledger import filing
from include.ledger.content import ContentStore, sha256
from include.ledger.filing import ToFile
from include.ledger.warehouse import Connection

log = logging.getLogger(__name__)
GROUP = 256
"""Files moved and receipts written together."""


@dataclass(slots=True)
class Filed:
    """What this try of the task did."""

    moved: int = 0
    told: int = 0
    failed: int = 0
    returned: set[int] = field(default_factory=set)  # sightings whose name held something newer, back in the inbox

    @property
    def came_back(self) -> int:
        """How many files went back to the inbox as new ones."""
        return len(self.returned)


async def file_lot(
    connection: Connection,
    drop: Drop,
    store: ContentStore,
    party: Party,
    *,
    run_id: str,
    lot_no: int,
    label: str,
    now: datetime,
) -> Filed:
    """Files the lot's decided sightings and tells the importer every new state. The caller holds the shared lock."""
    result = Filed()
    progress = Progress(f"{label} · filed", None)
    after = 0
    telling: asyncio.Task[None] | None = None
    try:
        while items := filing.to_file(connection, party.id, run_id, lot_no, after=after, most=GROUP):
            after = items[-1].id
            connection.commit()
            lying = await _move_group(connection, drop, store, party, items, result)
            if telling is not None:
                await telling
            # Receipts of one group are written while the next one moves; only the drop is waited for in between.
            telling = asyncio.create_task(_tell_group(connection, drop, party, items, lying, result, now))
            progress.add(len(items))
    finally:
        if telling is not None:
            await telling
    progress.finish()
    return result


def target_of(item: ToFile, party: Party) -> str:
    """Where a decided file belongs, below the login folder: `archive` or `rejected`, by the day it was first seen."""
    bad = item.status in ("refused", "invalid") or item.siblings_bad > 0
    day = item.first_seen_at.astimezone(ZoneInfo(party.timezone)).strftime("%Y/%m/%d")
    digest = (item.file_sha256 or name_hash(item.name_bytes))[:12]
    return f"{party.drop}/{'rejected' if bad else 'archive'}/{day}/{digest}_{safe_name(item.name_bytes)}"


async def _move_group(
    connection: Connection, drop: Drop, store: ContentStore, party: Party, items: Sequence[ToFile], result: Filed
) -> dict[int, str]:
    """Moves the files of the group and proves it; where each sighting lies now, by its id."""
    lying: dict[int, str] = {}
    moves = Moves()
    for item in items:
        if not item.is_decided or item.leave_in_place or item.siblings_open:
            continue
        target = target_of(item, party)
        if item.is_moved and item.filed_as and item.filed_as.rpartition("/")[0] == target.rpartition("/")[0]:
            lying[item.id] = item.filed_as
        else:
            moves.add(item, _source(item, party, target), target.encode())
    if not moves.first:
        return lying
    filing.plan_moves(connection, moves.planned())
    went = await _put_away(drop, moves, result)
    elsewhere = [(item, where.decode()) for where, item in went.items() if where != target_of(item, party).encode()]
    filing.plan_moves(connection, elsewhere)  # the name was taken: a number was added
    filed = await _prove(drop, store, party, went, result)
    places = {item.id: where.decode() for where, item in went.items()}
    filing.plan_moves(connection, [(item, places[item.id]) for item, told in elsewhere if told != places[item.id]])
    # What came back keeps the sidecar that lies there now: it may be the new content's.
    await _move_sidecars(drop, party, [item for item in filed if item.id not in result.returned], moves.target)
    result.moved += len(filed)
    lying |= moves.places({item.id: places[item.id] for item in filed})
    for item, place in moves.overwritten:
        if await _put_back(drop, store, item, place, result):
            lying[item.id] = place.decode()
    return lying


async def _put_back(drop: Drop, store: ContentStore, item: ToFile, where: bytes, result: Filed) -> bool:
    """The decided bytes from the store to their place; False when it lacks them: that file is not filed yet."""
    try:
        await drop.write(where, store.get(str(item.file_sha256)))
    except BytesMissing as error:
        log.error("%s was overwritten at the drop and cannot be put back: %s", item.name, error)
        result.failed += 1
        return False
    return True


def _source(item: ToFile, party: Party, target: str) -> bytes:
    """The inbox; or the place where it was filed before, when a new outcome moves it from `rejected` to `archive`."""
    if item.filed_as and item.filed_as != target:
        return item.filed_as.encode()
    return join(f"{party.drop}/inbox", item.name_bytes)


async def _put_away(drop: Drop, moves: Moves, result: Filed) -> dict[bytes, ToFile]:
    """Renames all of them; where each lies now. A source that has gone was moved by an earlier, killed try."""
    went: dict[bytes, ToFile] = {}
    async for source, where in drop.put_away_many([(source, moves.target[source]) for source in moves.first]):
        if isinstance(where, SamsvarError):
            log.error("%s stays in place: %s", moves.first[source].name, where)
            result.failed += 1
        else:
            went[where or moves.target[source]] = moves.first[source]
    return went


async def _prove(
    drop: Drop, store: ContentStore, party: Party, went: dict[bytes, ToFile], result: Filed
) -> list[ToFile]:
    """Reads what was moved and compares its hash; returns the files that lie where the ledger says."""
    filed: list[ToFile] = [item for item in went.values() if not item.file_sha256]
    known = [where for where, item in went.items() if item.file_sha256]
    async for where, content in drop.read_many(known, max_bytes=Limits(max_bytes=party.max_bytes).to_read):
        item = went[where]
        if isinstance(content, TryAgain):
            log.error("%s was moved but cannot be read back just now: %s", item.name, content)
            result.failed += 1
            continue
        if not isinstance(content, bytes) and not isinstance(content, FileNotFoundError):
            log.warning("%s was overwritten meanwhile by something that cannot be read: %s", item.name, content)
        if not isinstance(content, bytes) or sha256(content) != item.file_sha256:
            gone = isinstance(content, FileNotFoundError)
            lies = await _bring_back(drop, store, party, where, item, result, gone=gone)
            del went[where]
            if not gone:
                result.returned.add(item.id)
            if lies is None:
                continue
            went[lies] = item
        filed.append(item)
    return filed


async def _bring_back(
    drop: Drop, store: ContentStore, party: Party, where: bytes, item: ToFile, result: Filed, *, gone: bool
) -> bytes | None:
    """The moved file is not the decided one: it returns to the inbox, and the decided bytes come from the store.

    Returns where they lie (an earlier, killed try may have put them there), or None when the store lacks them.
    """
    if not gone:
        back = await drop.put_away(where, join(f"{party.drop}/inbox", item.name_bytes))
        log.warning(
            "%s was overwritten after it was read: the new content is back in the inbox (%s) and counts as a new file.",
            item.name,
            "under its own name" if back == join(f"{party.drop}/inbox", item.name_bytes) else "under a new name",
        )
    target = target_of(item, party).encode()
    if where != target and item.filed_as == target.decode() and await _holds(drop, party, target, item):
        return target
    return where if await _put_back(drop, store, item, where, result) else None


async def _holds(drop: Drop, party: Party, path: bytes, item: ToFile) -> bool:
    try:
        content = await drop.read(path, max_bytes=Limits(max_bytes=party.max_bytes).to_read(path))
    except (OneDocument, FileNotFoundError):
        return False
    return sha256(content) == item.file_sha256


async def _move_sidecars(drop: Drop, party: Party, filed: Sequence[ToFile], targets: Mapping[bytes, bytes]) -> None:
    """What lay beside a document goes with it. A sidecar that stays behind harms nothing: no failure ends the task."""
    moves = [
        (join(f"{party.drop}/inbox", bytes.fromhex(item.facts["sidecar"])), where + b".json")
        for item in filed
        if item.facts.get("sidecar") and not item.member
        for where in [targets.get(join(f"{party.drop}/inbox", item.name_bytes))]
        if where is not None
    ]
    async for source, where in drop.put_away_many(moves):
        if isinstance(where, SamsvarError):
            log.warning("The sidecar %s stays in the inbox: %s", display_name(source), where)


async def _tell_group(
    connection: Connection,
    drop: Drop,
    party: Party,
    items: Sequence[ToFile],
    lying: Mapping[int, str],
    result: Filed,
    now: datetime,
) -> None:
    """Writes the receipts. A sighting counts as filed only when its importer was told: nobody meets silence."""
    owner: dict[bytes, ToFile] = {}
    files: list[tuple[bytes, bytes]] = []
    for found in items:
        item = replace(found, filed_as=lying.get(found.id, found.filed_as))
        if item.needs_receipt:
            rendered = receipt.render(item, party_name=party.name, language=party.language, folder=party.drop, now=now)
            files += rendered
            owner |= {path: item for path, _ in rendered}
    failed: set[int] = set()
    async for path, problem in drop.write_many(files):
        if problem is not None:
            log.error("The receipt for %s cannot be written: %s", owner[path].name, problem)
            failed.add(owner[path].id)
    told = [item for item in items if item.needs_receipt and item.id not in failed]
    filing.mark_told(connection, told)
    filing.mark_filed(connection, [item for item in items if item.id in lying and item.id not in failed])
    result.told += len(told)
    result.failed += len(failed)
