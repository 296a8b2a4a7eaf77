"""Lists of deletions at the drop: read what is whole, file it away, and tell the importer what becomes of each row.

The order is that of every file here: bytes into the store, rows and requests in one commit, then the rename, then the
receipt. Nothing is deleted by a list alone; each row waits for a person's approval.
"""

from __future__ import annotations

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.drop.deletion_list import MOST_BYTES, Row, read_deletions
from include.drop.drop import Drop
from include.drop.names import display_name, is_unfinished, join, name_hash, refuse_name, safe_name
from include.drop.tables import is_table
from include.errors import NameRefused, OneDocument
from include.journey import deletion_receipt
from include.ledger import deletion_lists, deletion_requests
from include.ledger.content import ContentStore, sha256
from include.ledger.deletion_lists import ListFile
from include.ledger.deletion_lists import ToFile as ListAway
from include.ledger.deletion_requests import Wish
from include.ledger.warehouse import Connection

log = logging.getLogger(__name__)
FOLDER = "deletions"


async def collect_lists(connection: Connection, drop: Drop, store: ContentStore, party: Party) -> int:
    """Reads the party's new lists and moves them away; how many rows were asked for. The caller holds the lock."""
    folder = join(party.drop, FOLDER.encode())
    if not await drop.exists(folder):
        return 0
    listing = await drop.inbox(folder.decode())
    files = [
        (one.name, display_name(one.name), one.size, one.mtime)
        for one in listing
        if one.kind == "file" and not is_unfinished(one.name)
    ]
    found = deletion_lists.observe(connection, party.id, files, quiet_seconds=party.wait_seconds)
    connection.commit()
    asked = 0
    for file in found:
        if file.is_quiet:
            asked += await _take(connection, drop, store, party, file)
    for away in deletion_lists.to_file(connection, party.id):
        connection.commit()
        await _file(connection, drop, store, party, away)
    connection.commit()
    return asked


async def _take(connection: Connection, drop: Drop, store: ContentStore, party: Party, file: ListFile) -> int:
    path = join(f"{party.drop}/{FOLDER}", file.name_bytes)
    content, reason = b"", None  # None of its bytes are known where the name already says no, or it is too large
    wishes: list[Wish] = []
    try:
        refuse_name(file.name_bytes)
        if not is_table(file.name_bytes):
            raise NameRefused(
                f"{file.name} is no list: drop deletions as .csv, .xlsx, .json or .txt.", rule_id="name.kind"
            )
        content = await drop.read(path, max_bytes=MOST_BYTES)
        wishes = [_wish(row, file.name) for row in read_deletions(content, file.name_bytes)]
    except FileNotFoundError:
        return 0  # taken away since it was listed: the next listing says so
    except OneDocument as error:
        reason = str(error)
    digest = sha256(content) if content else None
    if digest is not None:
        store.put(content, digest)
    if deletion_lists.take(connection, file.id, file_sha256=digest, reason=reason):
        deletion_requests.ask(connection, party.id, wishes, asked_by=f"{party.name} (list)", list_id=file.id)
    connection.commit()
    log.info("%s: list %s: %s", party.id, file.name, reason or f"{len(wishes)} rows")
    return len(wishes)


def _wish(row: Row, name: str) -> Wish:
    reason = row.reason or f"Asked for in {name}, which gives no reason."
    return Wish(row_no=row.number, key=row.key, vin=row.vin, merkekode=row.merkekode, reason=reason, fault=row.fault)


async def _file(connection: Connection, drop: Drop, store: ContentStore, party: Party, one: ListAway) -> None:
    """Moves a list after its rows are committed, never over a file; what was put in its place meanwhile goes back."""
    source = join(f"{party.drop}/{FOLDER}", one.name_bytes)
    if one.filed_as is None or await drop.exists(source):
        place = "archive" if one.state == "TAKEN" else "rejected"
        mark = one.file_sha256 or name_hash(one.name_bytes)
        day = one.first_seen_at.astimezone(ZoneInfo(party.timezone)).strftime("%Y/%m/%d")
        target = f"{party.drop}/{place}/{day}/{mark[:12]}_{safe_name(one.name_bytes)}"
        deletion_lists.plan_move(connection, one.id, target)
        went = await drop.put_away(source, target.encode())
        if went is not None:
            if one.file_sha256 is not None:
                await _prove(drop, store, source, went, one.file_sha256)
            deletion_lists.plan_move(connection, one.id, went.decode())
    deletion_lists.mark_filed(connection, one.id)


async def _prove(drop: Drop, store: ContentStore, source: bytes, went: bytes, digest: str) -> None:
    try:
        lies_there = sha256(await drop.read(went, max_bytes=MOST_BYTES))
    except OneDocument:
        lies_there = ""
    if lies_there != digest:
        await drop.put_away(went, source)  # the importer overwrote it: that is a new list
        await drop.write(went, store.get(digest))


async def tell(connection: Connection, drop: Drop, party: Party, now: datetime) -> int:
    """Writes the receipts that are behind: of lists, and of documents that are deleted. Returns how many."""
    lists = deletion_lists.to_tell(connection, party.id)
    connection.commit()
    receipts = [file for one in lists for file in deletion_receipt.render(one, party, now)]
    failed = {path async for path, error in drop.write_many(receipts) if error is not None}
    done = [
        (one.id, one.told)
        for one in lists
        if not failed & {path for path, _ in deletion_receipt.render(one, party, now)}
    ]
    deletion_lists.mark_told(connection, done)
    return len(done) + await deletion_receipt.tell_documents(connection, drop, party, now)
