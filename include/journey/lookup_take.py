"""Take: files in lookups/ and forms become questions in the ledger. Nothing at the drop is touched here.

An owner's name is never written: such a row is read from its file again when the register is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import display_name, is_unfinished, join, refuse_name
from include.drop.tables import MOST_BYTES, is_table
from include.errors import ContentRefused, OneDocument
from include.journey.lookup_reading import Asked, read_file, read_form
from include.ledger import lookups
from include.ledger.content import sha256
from include.ledger.lookups import Lookup
from include.ledger.sightings import name_party
from include.ledger.warehouse import Connection

FOLDER = "lookups"
_LONGEST_WAIT = 120.0


@dataclass(slots=True)
class Taken:
    """What one look at lookups/ led to."""

    files: int = 0
    vehicles: int = 0
    refused: int = 0
    still_uploading: int = 0

    def sentence(self, party: str) -> str:
        """The line of the task's log."""
        return (
            f"{party}: {self.files} files taken with {self.vehicles} rows, {self.refused} refused, "
            f"{self.still_uploading} may still be uploading"
        )


def folder_of(party: Party) -> str:
    """Where a party drops its questions."""
    return f"{party.drop}/{FOLDER}"


def take_form(
    connection: Connection,
    party: Party,
    run_id: str,
    asked: Mapping[str, Sequence[str]],
    *,
    moment: datetime | None,
    owner_variable: str | None,
) -> int:
    """Records what a form asks for, once per run; commits. Returns the number of rows.

    Raises ContentRefused when it asks for nothing.
    """
    read = read_form(asked, moment, owner=owner_variable is not None)
    if not read.items:
        raise ContentRefused(
            "The form asks for nothing: give plates, VINs, kuids or the Variable with an owner's name.",
            rule_id="lookup.empty",
        )
    name_party(connection, party.id, party.name, party.organisation_number, party.timezone)
    lookups.open_form(connection, party.id, run_id, read.items, owner_variable)
    connection.commit()
    return len(read.items)


async def take_files(connection: Connection, drop: Drop, party: Party) -> Taken:
    """Takes what has lain quiet long enough; waits for fresh files once. A party without the folder has no files."""
    taken = Taken()
    name_party(connection, party.id, party.name, party.organisation_number, party.timezone)
    connection.commit()
    for last in (False, True):
        waiting = await _look(connection, drop, party, taken)
        if not waiting or last:
            taken.still_uploading = len(waiting)
            return taken
        await asyncio.sleep(min(max(party.wait_seconds - one.quiet_seconds for one in waiting) + 0.2, _LONGEST_WAIT))
    return taken


async def _look(connection: Connection, drop: Drop, party: Party, taken: Taken) -> list[Lookup]:
    """One listing; returns the files that may still be uploading."""
    if await drop.stat(folder_of(party).encode()) is None:
        return []
    entries = [entry for entry in await drop.inbox(folder_of(party)) if not is_unfinished(entry.name)]
    files = [(one.name, display_name(one.name), one.size, one.mtime) for one in entries if one.kind == "file"]
    lookups.observe(connection, party.id, files)
    connection.commit()
    seen = [one for one in lookups.unfinished(connection, party.id) if one.state == "SEEN"]
    connection.commit()
    quiet = [one for one in seen if one.quiet_seconds >= party.wait_seconds]
    for one in quiet:
        await _take(connection, drop, party, one, taken)
        connection.commit()
    return [one for one in seen if one not in quiet]


async def _take(connection: Connection, drop: Drop, party: Party, one: Lookup, taken: Taken) -> None:
    digest = None
    try:
        content = await _content(drop, party, one)
        digest = sha256(content)
        # A large workbook takes seconds to read; the connection to the drop must not fall silent meanwhile.
        asked = await asyncio.to_thread(read_file, content, one.name_bytes or b"", party.timezone)
    except FileNotFoundError:
        lookups.forget(connection, one.id)
    except OneDocument as error:
        lookups.refuse(connection, one.id, digest, str(error))
        taken.refused += 1
    else:
        if lookups.open_file(connection, one.id, digest, asked.items):
            taken.files += 1
            taken.vehicles += len(asked.items)


async def _content(drop: Drop, party: Party, one: Lookup) -> bytes:
    """Raises FileNotFoundError when it went or changed meanwhile, OneDocument when it cannot be taken."""
    name = one.name_bytes or b""
    refuse_name(name)
    if not is_table(name):
        raise ContentRefused(
            f"{one.name} is no .csv, .txt, .xlsx or .json: save it as one of these.", rule_id="table.format"
        )
    content = await drop.read(join(folder_of(party), name), max_bytes=MOST_BYTES)
    if len(content) != one.size:
        raise FileNotFoundError(one.name)
    return content


async def owners_of(drop: Drop, party: Party, one: Lookup) -> Mapping[int, str]:
    """The owners' names of a file, read from where it still lies; empty when it went or became another."""
    try:
        content = await _content(drop, party, one)
        if sha256(content) != one.sha256:
            return {}
        asked: Asked = await asyncio.to_thread(read_file, content, one.name_bytes or b"", party.timezone)
    except (FileNotFoundError, OneDocument):
        return {}
    return asked.owners
