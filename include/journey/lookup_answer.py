"""Answer: the receipt of each question into receipts/, and its file out of lookups/ once nothing is open any more.

A receipt tells what is known so far and is replaced when more is. The move comes after the commit, never over a file;
what lies at the target is read again, so that a file that was overwritten meanwhile goes back and asks anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import join, safe_name
from include.drop.tables import MOST_BYTES
from include.errors import OneDocument
from include.journey.lookup_receipt import workbook
from include.journey.lookup_take import folder_of
from include.ledger import lookups
from include.ledger.content import sha256
from include.ledger.lookups import Item, Lookup
from include.ledger.warehouse import Connection

log = logging.getLogger(__name__)
_PAGE = 2_000


@dataclass(slots=True)
class Told:
    """What this try of the task did."""

    receipts: int = 0
    filed: int = 0
    came_back: int = 0

    def sentence(self, party: str) -> str:
        """The line of the task's log."""
        return f"{party}: {self.receipts} receipts written, {self.filed} questions done, {self.came_back} came back"


async def answer(connection: Connection, drop: Drop, party: Party, *, now: datetime) -> Told:
    """Writes the receipts that tell something new and files what is done."""
    result = Told()
    for one in lookups.unfinished(connection, party.id):
        if one.state == "SEEN":
            continue
        known = lookups.counts(connection, one.id)
        connection.commit()
        what = f"{one.state} {known}"
        if what != one.told:
            receipt = receipt_name(one)
            content = await asyncio.to_thread(_workbook, connection, one, party)
            await drop.write(join(f"{party.drop}/receipts", receipt.encode()), content)
            lookups.told(connection, one.id, what, f"receipts/{receipt}")
            connection.commit()
            result.receipts += 1
        if one.state in ("DONE", "REFUSED"):
            await _file(connection, drop, party, one, now, result)
    return result


def receipt_name(one: Lookup) -> str:
    """`<safe name>.<sha12>.lookup.xlsx`; a form has a number instead of a name."""
    if one.source == "form":
        return f"form-{one.id}.lookup.xlsx"
    return f"{safe_name(one.name_bytes or b'')}.{(one.sha256 or 'unread')[:12]}.lookup.xlsx"


def _workbook(connection: Connection, one: Lookup, party: Party) -> bytes:
    content = workbook(_items(connection, one.id), party, waits=one.waits_because, refused=one.reason)
    connection.commit()
    return content


def _items(connection: Connection, lookup_id: int) -> Iterator[Item]:
    after = 0
    while page := lookups.items(connection, lookup_id, after=after, most=_PAGE):
        after = page[-1].item_no
        yield from page


async def _file(connection: Connection, drop: Drop, party: Party, one: Lookup, now: datetime, result: Told) -> None:
    filed_as: str | None = None
    if one.source == "file" and one.name_bytes is not None:
        filed_as = await _move(drop, party, one, now, result)
    lookups.filed(connection, one.id, filed_as)
    connection.commit()
    result.filed += 1


async def _move(drop: Drop, party: Party, one: Lookup, now: datetime, result: Told) -> str | None:
    """Where the file lies now, below the party's drop; None when it went, or something newer went back."""
    source = join(folder_of(party), one.name_bytes or b"")
    day = now.astimezone(ZoneInfo(party.timezone))
    folder = "rejected" if one.state == "REFUSED" else f"archive/{day:%Y/%m/%d}"
    stat = await drop.stat(source)
    if stat is None:
        return None
    if one.sha256 is None and (stat.kind != "file" or (stat.size, stat.mtime) != (one.size, one.mtime)):
        return None
    name = f"{(one.sha256 or 'unread')[:12]}_{safe_name(one.name_bytes or b'')}"
    target = await drop.put_away(source, join(f"{party.drop}/{folder}", name.encode()))
    if target is None:
        return None
    if one.sha256 is not None and not await _is(drop, target, one.sha256):
        await drop.put_away(target, source)
        result.came_back += 1
        log.warning("%s: %s was overwritten while it was asked for; it goes back and asks anew", party.id, one.name)
        return None
    return target.decode("utf-8", "replace").removeprefix(f"{party.drop}/")


async def _is(drop: Drop, path: bytes, digest: str) -> bool:
    try:
        return sha256(await drop.read(path, max_bytes=MOST_BYTES)) == digest
    except (OneDocument, FileNotFoundError):
        return False
