"""Take: what is whole in a party's folder of presentations gets a row and an identity; its bytes are stored.

Nothing at the drop is touched here. A task that is killed at any line is simply run again: files are matched with their
rows, bytes with their hash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import display_name, is_unfinished, join, megabytes, refuse_name
from include.drop.seen import Seen
from include.errors import NameRefused, OneDocument
from include.ledger import presentation_files
from include.ledger.content import ContentStore, sha256
from include.ledger.presentation_files import Refusal
from include.ledger.sightings import ListedFile, OpenSighting
from include.ledger.warehouse import Connection
from include.presentation.given import FileRefused
from include.presentation.reading import MOST_BYTES, is_presentation

FOLDER = "presentations"


@dataclass(slots=True)
class Taken:
    """What one look at the folder led to. `wait_seconds` is above zero while fresh files still have to lie quiet."""

    listed: int = 0
    files: int = 0
    duplicates: int = 0
    refused: int = 0
    wait_seconds: float = 0.0

    def sentence(self) -> str:
        """The counts an operator looks for."""
        return (
            f"{self.listed} files listed, {self.files} taken, {self.duplicates} the same as before, "
            f"{self.refused} refused"
        )


async def take_files(
    connection: Connection,
    drop: Drop,
    store: ContentStore,
    party: Party,
    *,
    now: datetime,
    most_bytes: int = MOST_BYTES,
) -> Taken:
    """Lists `<drop>/presentations/` once and takes what has lain quiet long enough. `now` is the warehouse's time.

    A party without that folder simply has no files. The caller holds the party's lock.
    """
    folder = f"{party.drop}/{FOLDER}"
    if await drop.stat(folder.encode()) is None:
        return Taken()
    listing = [_listed(entry) for entry in await drop.inbox(folder) if not is_unfinished(entry.name)]
    listing.sort(key=lambda file: (file[0].mtime, file[0].name_bytes))
    day = now.astimezone(ZoneInfo(party.timezone)).date()
    open_files = presentation_files.observe(connection, party.id, day, listing)
    connection.commit()
    quiet = float(party.wait_seconds)
    result = Taken(listed=len(listing), refused=sum(refusal is not None for _, refusal in listing))
    result.wait_seconds = _wait(open_files, now, quiet)
    for file in open_files:
        if file.is_quiet(now, quiet):
            await _take(connection, drop, store, party, file, result, most_bytes)
            connection.commit()
    return result


def take_form(
    connection: Connection, store: ContentStore, party: Party, run_id: str, form: Mapping[str, Any], *, now: datetime
) -> bool:
    """Records the consignment of the trigger form, once per run; commits. False when this run's form is known."""
    content = orjson.dumps(form, option=orjson.OPT_SORT_KEYS)
    digest = sha256(content)
    store.put(content, digest)
    day = now.astimezone(ZoneInfo(party.timezone)).date()
    added = presentation_files.add_form(connection, party.id, run_id, day, digest, form)
    connection.commit()
    return added


def _listed(entry: Seen) -> tuple[ListedFile, Refusal | None]:
    file = ListedFile(
        name_bytes=entry.name,
        name=display_name(entry.name),
        size=entry.size,
        mtime=entry.mtime,
        leave_in_place=entry.kind != "file",
    )
    if entry.kind != "file":
        return file, FileRefused("file.not_a_file").told
    try:
        refuse_name(entry.name)
    except NameRefused:
        return file, FileRefused("file.name").told
    return file, None if is_presentation(entry.name) else FileRefused("file.kind").told


def _wait(files: Sequence[OpenSighting], now: datetime, quiet: float) -> float:
    """Seconds until the freshest new file has been quiet; only files first seen just now are worth waiting for."""
    fresh = [
        quiet - (now - file.stable_since).total_seconds()
        for file in files
        if not file.is_quiet(now, quiet) and now - file.first_seen_at < timedelta(seconds=quiet)
    ]
    return max(fresh, default=0.0)


async def _take(
    connection: Connection,
    drop: Drop,
    store: ContentStore,
    party: Party,
    file: OpenSighting,
    result: Taken,
    most_bytes: int,
) -> None:
    """One file: its bytes into the store, then its identity into the ledger."""
    if file.size > most_bytes:
        refusal = FileRefused("file.too_large", limit=megabytes(most_bytes)).told
        presentation_files.refuse(connection, file.id, refusal)
        result.refused += 1
        return
    try:
        content = await drop.read(join(f"{party.drop}/{FOLDER}", file.name_bytes), max_bytes=most_bytes)
    except FileNotFoundError:
        presentation_files.mark_gone(connection, [file.id])
        return
    except OneDocument:
        presentation_files.refuse(connection, file.id, FileRefused("file.unreadable").told)
        result.refused += 1
        return
    if len(content) != file.size:
        presentation_files.look_again(connection, file.id)
        return
    digest = sha256(content)
    await asyncio.to_thread(store.put, content, digest)
    if presentation_files.take(connection, party.id, file.id, digest):
        result.files += 1
    else:
        result.duplicates += 1
