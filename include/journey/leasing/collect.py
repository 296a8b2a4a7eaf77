"""Collect: take whole files from `<drop>/leasing/` and turn their rows into changes; nobody's number leaves memory.

Taking a file is one transaction: its rows with their persons sealed, or nothing. Running it twice, or being killed
anywhere, takes every file once.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from include.authority.address import Environment
from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import display_name, is_unfinished, join, refuse_name
from include.drop.seen import Seen
from include.drop.tables import MOST_BYTES, Table, TableRow, read_table
from include.errors import NameRefused, OneDocument
from include.leasing.change import COLUMNS, Change, RowRefused, change_of
from include.leasing.vault import Vault
from include.leasing.words import ROW_REASONS
from include.ledger import leasing_intake
from include.ledger.leasing_intake import Listed, NewRow, OpenFile
from include.ledger.warehouse import Connection

log = logging.getLogger(__name__)

FOLDER = "leasing"
_NUMBER_IN_NAME = re.compile(rb"(?<!\d)\d{6}[ ._-]?\d{5}(?!\d)")
HIDDEN_NAME = "(a name that holds a national number)"


@dataclass(slots=True)
class Taken:
    """What one look brought. `waiting` files are not whole yet."""

    files: int = 0
    changes: int = 0
    bad_rows: int = 0
    refused_files: int = 0
    waiting: int = 0

    def sentence(self) -> str:
        """In words, for the log."""
        said = f"{self.files} files taken with {self.changes} changes and {self.bad_rows} bad rows"
        more = f", {self.refused_files} files refused" if self.refused_files else ""
        return said + more + (f", {self.waiting} not whole yet" if self.waiting else "")


async def collect(connection: Connection, drop: Drop, party: Party, vault: Vault, environment: Environment) -> Taken:
    """One look at the folder. The caller holds the party's lock.

    :raises ServiceUnavailable: the drop or the warehouse went away; what was taken stays taken
    """
    folder = f"{party.drop}/{FOLDER}"
    await drop.make_folders(folder)
    found_there = sorted(await drop.inbox(folder), key=lambda one: (one.mtime, one.name))  # an end after its beginning
    listed = [one for one in found_there if not is_unfinished(one.name) and one.kind != "folder"]
    kept = [_hidden(one, vault) for one in listed]
    leasing_intake.see(connection, party.id, party.timezone, kept)
    kinds = {one.name_bytes: (raw.kind, raw.name) for one, raw in zip(kept, listed, strict=True)}
    found = Taken()
    for file in leasing_intake.open_files(connection, party.id, party.wait_seconds):
        connection.commit()
        if not file.ripe:
            found.waiting += 1
            continue
        kind, raw_name = kinds[file.name_bytes]
        if file.name == HIDDEN_NAME:
            _refuse(connection, file, "name.national_number", _NAME_REASON, found)
        elif kind != "file":
            _refuse(
                connection, file, "name.not_a_file", f"{file.name} is no regular file: upload the table itself.", found
            )
        else:
            await _take(connection, drop, party, vault, environment, file, join(folder, raw_name), found)
    return found


_NAME_REASON = "The name of a file holds a national number: rename the file without it and upload it again."


def _hidden(seen: Seen, vault: Vault) -> Listed:
    """A name that holds a national number is known by its keyed hash only."""
    if _NUMBER_IN_NAME.search(seen.name):
        return Listed(vault.mark("name", seen.name).encode(), HIDDEN_NAME, seen.size, seen.mtime)
    return Listed(seen.name, display_name(seen.name), seen.size, seen.mtime)


def _refuse(connection: Connection, file: OpenFile, rule_id: str, reason: str, found: Taken) -> None:
    leasing_intake.refuse(connection, file.id, rule_id=rule_id, reason=reason, mark=None, left=True)
    found.refused_files += 1


async def _take(
    connection: Connection,
    drop: Drop,
    party: Party,
    vault: Vault,
    environment: Environment,
    file: OpenFile,
    path: bytes,
    found: Taken,
) -> None:
    try:
        refuse_name(file.name_bytes)
        content = await drop.read(path, max_bytes=MOST_BYTES)
    except FileNotFoundError:
        return
    except OneDocument as refused:
        left = isinstance(refused, NameRefused)
        leasing_intake.refuse(connection, file.id, rule_id=refused.rule_id, reason=str(refused), mark=None, left=left)
        found.refused_files += 1
        return
    if len(content) != file.size:
        leasing_intake.still_growing(connection, file.id)
        found.waiting += 1
        return
    mark = vault.mark("file", content)
    try:
        table = read_table(content, file.name_bytes, COLUMNS)
    except OneDocument as refused:
        leasing_intake.refuse(connection, file.id, rule_id=refused.rule_id, reason=str(refused), mark=mark, left=False)
        found.refused_files += 1
        return
    take_table(connection, party, vault, environment, file_id=file.id, mark=mark, table=table, found=found)


def take_table(
    connection: Connection,
    party: Party,
    vault: Vault,
    environment: Environment,
    *,
    file_id: int,
    mark: str,
    table: Table,
    found: Taken,
) -> None:
    """Takes the rows of a table as one transaction and commits it."""
    seen = _Seen(connection, party.id, vault, environment)
    changes = [seen.row(number, place, told) for number, place, told in _rows(table)]
    took = leasing_intake.take(
        connection,
        party.id,
        file_id=file_id,
        mark=mark,
        rows=changes,
        environment=environment,
        sender=party.sender,
        key_id=vault.key_id,
    )
    connection.commit()
    if took:
        found.files += 1
        found.bad_rows += sum(1 for row in changes if row.rule_id)
        found.changes += sum(1 for row in changes if not row.rule_id)


def take_form(
    connection: Connection, party: Party, vault: Vault, environment: Environment, cells: Mapping[str, str], run_id: str
) -> Taken:
    """Takes what the trigger form asks for, once for each run; commits.

    The form has no field for a person's number: what is typed there stays in Airflow's database in clear.
    """
    found = Taken()
    file_id = leasing_intake.open_form(connection, party.id, party.timezone, run_id)
    if file_id is not None:
        table = Table((TableRow("form", dict(cells), 1),), ())
        mark = vault.mark("form", run_id)
        take_table(connection, party, vault, environment, file_id=file_id, mark=mark, table=table, found=found)
    connection.commit()
    return found


def _rows(table: Table) -> list[tuple[int, str, Mapping[str, str] | str]]:
    """Good and bad rows in the order of the file: each with its cells, or with the sentence that says why not."""
    told: list[tuple[int, str, Mapping[str, str] | str]] = [(row.number, row.place, row.cells) for row in table.rows]
    return sorted([*told, *((row.number, row.place, str(row.fault)) for row in table.bad)], key=lambda one: one[0])


class _Seen:
    """Turns rows into what is stored; remembers which leaseholder the file itself created last for a plate."""

    def __init__(self, connection: Connection, party: str, vault: Vault, environment: Environment) -> None:
        self._connection, self._party = connection, party
        self._vault, self._environment = vault, environment
        self._created: dict[str, NewRow] = {}

    def row(self, number: int, place: str, told: Mapping[str, str] | str) -> NewRow:
        if isinstance(told, str):
            return NewRow(row_no=number, place=place, rule_id="table.row", reason=told)
        try:
            change = change_of(told, self._environment)
            made = self._made(number, place, change)
        except RowRefused as refused:
            reason = ROW_REASONS[refused.rule_id][1]
            return NewRow(row_no=number, place=place, rule_id=refused.rule_id, reason=reason)
        if made.handling == "OPPRETTE":
            self._created[change.kjennemerke] = made
        return made

    def _made(self, number: int, place: str, change: Change) -> NewRow:
        holder = change.leaseholder
        kind, mark, sealed = (
            (holder.kind, holder.mark(self._vault), holder.sealed(self._vault))
            if holder is not None
            else self._known(change.kjennemerke)
        )
        organisation = holder.number if holder is not None and holder.kind == "organisation" else None
        return NewRow(
            row_no=number,
            place=place,
            handling=change.handling,
            kjennemerke=change.kjennemerke,
            holder_kind=kind,
            holder_mark=mark,
            organisation_number=organisation,
            sealed=sealed,
        )

    def _known(self, plate: str) -> tuple[str, str, bytes]:
        """The leaseholder that we created last for this plate."""
        own = self._created.get(plate)
        if own is not None:
            return str(own.holder_kind), str(own.holder_mark), bytes(own.sealed or b"")
        known = leasing_intake.last_created(self._connection, self._party, self._environment, plate)
        if known is None:
            raise RowRefused("row.nobody_known")
        return known
