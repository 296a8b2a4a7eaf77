"""Tell and file: receipts for every state that moved on, and presentation files out of the way once they were tried.

The move comes strictly after the outcome is committed, never goes over an existing file, and what lies at the target is
read again: if the importer overwrote the file meanwhile, the new content goes back to the folder as something new, and
the archive gets the original bytes from the store.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import join, safe_name
from include.errors import OneDocument, SamsvarError
from include.journey.present_receipt import render, standing_of
from include.journey.present_take import FOLDER
from include.journey.present_texts import TEXTS
from include.ledger import presentation_telling
from include.ledger.content import ContentStore, sha256
from include.ledger.presentation_telling import ToldFile, ToldRow
from include.ledger.warehouse import Connection
from include.presentation.reading import MOST_BYTES

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Told:
    """What this try did, and where the rows it told of stand."""

    receipts: int = 0
    filed: int = 0
    failed: int = 0
    came_back: int = 0
    standings: Counter[str] = field(default_factory=Counter)

    def sentence(self) -> str:
        """What an operator reads first."""
        words = TEXTS["en"].counted
        rows = ", ".join(f"{count} {words[standing]}" for standing, count in sorted(self.standings.items()))
        return f"{self.receipts} receipts, {self.filed} files filed away; rows: {rows or 'none'}"


async def tell_party(connection: Connection, drop: Drop, store: ContentStore, party: Party, *, now: datetime) -> Told:
    """Writes what receipts are behind with and files away; one file that fails never stops the others.

    The caller holds the party's shared lock. A form has no file and no receipt at the drop: the run's log tells it.
    """
    result = Told()
    for file in presentation_telling.to_tell(connection, party.id):
        rows = list(presentation_telling.rows_of(connection, file.id))
        connection.commit()
        result.standings.update(standing_of(row) for row in rows)
        try:
            if file.source == "file":
                filed = await _file_away(connection, drop, store, party, file, result)
                if filed != file or file.told != file.state or any(row.is_untold for row in rows):
                    await _write_receipt(drop, party, filed, rows, now)
                    result.receipts += 1
            elif file.filed_at is None and not file.waiting:
                presentation_telling.mark_filed(connection, file.id)
        except SamsvarError as error:
            log.error("%s: %s", file.name, error)
            result.failed += 1
            continue
        mine = [(row.request_id, row.now) for row in rows if row.verdict == "presented" and row.request_id]
        presentation_telling.mark_told(connection, file, mine)
    return result


async def _write_receipt(drop: Drop, party: Party, file: ToldFile, rows: list[ToldRow], now: datetime) -> None:
    for path, content in render(
        file,
        rows,
        party_name=party.name,
        language=party.language,
        folder=party.drop,
        timezone=party.timezone,
        now=now,
    ):
        await drop.write(path, content)


def target_of(file: ToldFile, party: Party) -> str:
    """Where a file belongs, below the login folder: `archive`, or `rejected` where nothing of it was presented."""
    day = file.seen_at.astimezone(ZoneInfo(party.timezone)).strftime("%Y/%m/%d")
    digest = (file.sha256 or "")[:12] or f"presentation-{file.id}"
    return f"{party.drop}/{'rejected' if file.is_rejected else 'archive'}/{day}/{digest}_{safe_name(file.name_bytes)}"


async def _file_away(
    connection: Connection, drop: Drop, store: ContentStore, party: Party, file: ToldFile, result: Told
) -> ToldFile:
    """Moves a file of which nothing waits any more; the file with the place where it lies now."""
    if file.filed_at is not None or file.waiting:
        return file
    source = join(f"{party.drop}/{FOLDER}", file.name_bytes)
    if file.leave_in_place:
        return file
    if not (file.sha256 or await _is_unchanged(drop, source, file)):
        presentation_telling.mark_filed(connection, file.id)
        return file
    target = file.filed_as or target_of(file, party)
    presentation_telling.plan_move(connection, file.id, target)
    went = await drop.put_away(source, target.encode())
    place = went or target.encode()
    if file.sha256 and not await _holds(drop, place, file.sha256):
        place = await _put_right(drop, store, file, source, place, moved=went is not None, target=target.encode())
        result.came_back += went is not None
    if place.decode() != target:
        presentation_telling.plan_move(connection, file.id, place.decode())
    presentation_telling.mark_filed(connection, file.id)
    result.filed += 1
    return replace(file, filed_as=place.decode())


async def _put_right(
    drop: Drop, store: ContentStore, file: ToldFile, source: bytes, place: bytes, *, moved: bool, target: bytes
) -> bytes:
    """What was moved is not what was taken: it goes back as a new file, and the taken bytes come from the store."""
    if moved:
        back = await drop.put_away(place, source)
        log.warning(
            "%s was overwritten after it was read: the new content is back in %s (%s) and counts as a new file.",
            file.name,
            FOLDER,
            "under its own name" if back == source else "under a new name",
        )
        if place != target and await _holds(drop, target, str(file.sha256)):
            return target  # an earlier, killed try had moved the right one
    await drop.write(place, store.get(str(file.sha256)))
    return place


async def _holds(drop: Drop, path: bytes, digest: str) -> bool:
    try:
        return sha256(await drop.read(path, max_bytes=2 * MOST_BYTES)) == digest
    except (OneDocument, FileNotFoundError):
        return False


async def _is_unchanged(drop: Drop, source: bytes, file: ToldFile) -> bool:
    """A file that was refused unread is known by size and time only; anything else there is a new file."""
    there = await drop.stat(source)
    return there is not None and (there.size, there.mtime) == (file.size, file.mtime)
