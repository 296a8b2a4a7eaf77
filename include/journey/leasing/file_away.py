"""File away: move read files to the archive, prove that the right one was moved, and tell the importer every row.

The move comes after the rows are committed and never goes over an existing file. What lies at the target is read
again: if the importer wrote over the file meanwhile, the new content goes back as something new.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import join, safe_name
from include.drop.tables import MOST_BYTES
from include.errors import OneDocument
from include.journey.leasing import receipt
from include.journey.leasing.collect import FOLDER, HIDDEN_NAME
from include.leasing.vault import Vault
from include.ledger import leasing_filing
from include.ledger.leasing_filing import LeasingFile
from include.ledger.warehouse import Connection

log = logging.getLogger(__name__)
GROUP = 100


@dataclass(slots=True)
class FiledChanges:
    """What this try did."""

    moved: int = 0
    told: int = 0
    came_back: int = 0

    def sentence(self) -> str:
        """In words."""
        back = f", {self.came_back} came back as new files" if self.came_back else ""
        return f"{self.moved} files filed, {self.told} receipts written{back}"


async def file_changes(connection: Connection, drop: Drop, party: Party, vault: Vault) -> FiledChanges:
    """Files what was read and tells what is new. The caller holds the party's lock."""
    result, after = FiledChanges(), 0
    while items := leasing_filing.to_file(connection, party.id, after=after, most=GROUP):
        connection.commit()
        after = items[-1].id
        for file in items:
            if file.source == "file" and not file.is_filed and not file.leave_in_place:
                await _move(connection, drop, party, vault, file, result)
            for path, content in receipt.render(file, party):
                await drop.write(path, content)
            leasing_filing.mark_told(connection, file)
            result.told += 1
    connection.commit()
    return result


def target_of(file: LeasingFile, party: Party) -> str:
    """Below the login folder: `archive`, or `rejected` for a file in which nothing could be used."""
    kind = "rejected" if file.is_bad else "archive"
    stem = safe_name(file.name.encode()) if file.name != HIDDEN_NAME else "unnamed"
    return f"{party.drop}/{kind}/{file.day}/{(file.mark or f'{file.id:012}')[:12]}_{stem}"


async def _move(
    connection: Connection, drop: Drop, party: Party, vault: Vault, file: LeasingFile, result: FiledChanges
) -> None:
    """A source that has gone was moved by an earlier, killed try to the place that was planned."""
    source = join(f"{party.drop}/{FOLDER}", file.name_bytes)
    planned = file.filed_as or target_of(file, party)
    leasing_filing.plan_move(connection, file.id, planned)
    if not await drop.exists(planned.encode()):
        went = await drop.put_away(source, planned.encode())
        if went is not None and went != planned.encode():
            leasing_filing.plan_move(connection, file.id, planned := went.decode())
        if went is not None and file.mark is not None:
            await _prove(drop, party, vault, file, went, source, result)
    elif await drop.exists(source) and await _is_it(drop, vault, file, source):
        went = await drop.put_away(source, planned.encode())
        if went is not None:
            leasing_filing.plan_move(connection, file.id, went.decode())
    leasing_filing.mark_filed(connection, file.id)
    result.moved += 1


async def _prove(
    drop: Drop, party: Party, vault: Vault, file: LeasingFile, went: bytes, source: bytes, result: FiledChanges
) -> None:
    if not await _is_it(drop, vault, file, went) and await drop.put_away(went, source) is not None:
        result.came_back += 1
        log.warning(
            "%s: %s was written over after it was read; the new content is taken as a new file", party.id, file.name
        )


async def _is_it(drop: Drop, vault: Vault, file: LeasingFile, path: bytes) -> bool:
    """Whether the file at `path` is the one that was read."""
    if file.mark is None:
        return True
    try:
        content = await drop.read(path, max_bytes=MOST_BYTES)
    except (OneDocument, FileNotFoundError):
        return False
    return vault.mark("file", content) == file.mark
