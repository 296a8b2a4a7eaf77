"""What a file or a form asks the register for: rows of plates, VINs, kuids or owners' names, each with its moment.

A file may be a table with titles, or simply a list with one plate, VIN or kuid on each line (or a JSON array of texts).
Owners' names go from here to the search and nowhere else: an `Item` never holds one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from include.drop import table_text
from include.drop.names import display_name
from include.drop.table_cells import title_key
from include.drop.tables import MOST_ROWS, Column, read_table
from include.errors import ContentRefused
from include.journey.lookup_texts import said
from include.ledger.lookups import Item, Kind
from include.register import kinds
from include.register.record import plain_id, plain_plate

COLUMNS = (
    Column("kuid", ("kjøretøy-id", "vehicle id")),
    Column("understellsnummer", ("vin", "chassis", "chassisnummer", "rammenummer", "fin")),
    Column("kjennemerke", ("plate", "regnr", "registreringsnummer", "skilt", "registration number")),
    Column("eier", ("owner", "eiernavn", "owner name", "navn", "name")),
    Column("dtg", ("moment", "tidspunkt", "as of", "dato", "date"), kind="moment"),
)
"""Titles a file may have; a row is asked for by the first of kuid, VIN, plate and owner that it gives."""

_KINDS: Mapping[str, kinds.Kind] = {
    "kuid": kinds.KUID, "understellsnummer": kinds.VIN, "kjennemerke": kinds.PLATE,
}  # fmt: skip
_VIN = re.compile(r"[A-Z0-9]{17}")
_KUID = re.compile(r"\d{8,36}|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_PLATE = re.compile(r"[A-ZÆØÅ]{2}\d{4,5}|[A-ZÆØÅ]{1,3}\d{1,5}")
_TITLES = {title_key(title) for column in COLUMNS for title in (column.name, *column.titles)}


@dataclass(frozen=True, slots=True)
class Asked:
    """The items of a question, and the owners' names of those that have one, by item number."""

    items: tuple[Item, ...]
    owners: Mapping[int, str] = field(default_factory=dict, repr=False)


def read_file(content: bytes, name: bytes, timezone: str) -> Asked:
    """What a dropped file asks for. `timezone` is that of moments without one.

    :raises ContentRefused: it cannot be read as a whole
    """
    listed = _plain_list(content, name)
    if listed is not None:
        return _of_list(listed)
    table = read_table(content, name, COLUMNS)
    if not table.rows and not table.bad:
        raise ContentRefused(
            f"{display_name(name)} holds no rows: fill it in and drop it again.", rule_id="lookup.empty"
        )
    rows: list[tuple[str, Mapping[str, str] | str]] = [(row.place, row.cells) for row in table.rows]
    rows += [(bad.place, str(bad.fault)) for bad in table.bad]
    return _numbered(rows, timezone)


def read_form(asked: Mapping[str, Sequence[str]], moment: datetime | None, *, owner: bool) -> Asked:
    """What a form asks for: texts by field; `owner`: an owner's name waits in its Variable."""
    found: list[Item] = []
    for name in ("kjennemerke", "kuid", "understellsnummer"):
        for text in asked.get(name, ()):
            if text.strip():
                found.append(_item(len(found) + 1, f"{name} {len(found) + 1}", name, text.strip(), moment))
    if owner:
        found.append(Item(item_no=len(found) + 1, place="eier", kind="eier", asked=None))
    return Asked(tuple(found))


def _plain_list(content: bytes, name: bytes) -> list[tuple[str, str]] | None:
    """Place and text of a file that is a mere list; None for a table."""
    ending = name.lower().rpartition(b".")[2]
    if ending == b"json":
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):
            return None
        plain = isinstance(told, list) and told and all(isinstance(one, str) for one in told)
        return [(f"element {number}", one) for number, one in enumerate(told, start=1)] if plain else None
    if ending not in (b"txt", b"csv") or content.startswith(b"PK"):
        return None
    if not content.strip():
        return None
    lines = table_text.decoded(content, display_name(name)).splitlines()
    first = next((line for line in lines if line.strip()), "")
    if any(title_key(cell.strip('" ')) in _TITLES for cell in re.split(r"[;,\t|]", first)) or first.startswith("sep="):
        return None
    if len(re.split(r"[;\t|]", first)) > 1:
        return None
    return [(f"line {number}", line.strip().strip('",')) for number, line in enumerate(lines, start=1) if line.strip()]


def _of_list(listed: Sequence[tuple[str, str]]) -> Asked:
    if len(listed) > MOST_ROWS:
        raise ContentRefused(
            f"The file holds more than {MOST_ROWS} rows: split it into smaller files.", rule_id="table.rows"
        )
    found = []
    for number, (place, text) in enumerate(listed, start=1):
        kind = kind_of(text)
        found.append(
            _item(number, place, kind, text, None)
            if kind
            # The text is not kept: in a list of whatever, it may be a name.
            else Item(item_no=number, place=place, kind="row", asked=None, state="REFUSED", **said("which_kind"))
        )
    return Asked(tuple(found))


def kind_of(text: str) -> Kind | None:
    """What a bare text is: 17 letters and digits a VIN, a long number a kuid, else a plate; None when it is neither."""
    plain = plain_id(text)
    if _KUID.fullmatch(plain):
        return "kuid"
    if _VIN.fullmatch(plain):
        return "understellsnummer"
    return "kjennemerke" if _PLATE.fullmatch(plain_plate(text)) else None


def _numbered(rows: Sequence[tuple[str, Mapping[str, str] | str]], timezone: str) -> Asked:
    found: list[Item] = []
    owners: dict[int, str] = {}
    for number, (place, cells) in enumerate(rows, start=1):
        if isinstance(cells, str):
            found.append(
                Item(item_no=number, place=place, kind="row", asked=None, state="REFUSED", why="row", sentence=cells)
            )
            continue
        moment = _moment(cells.get("dtg"), timezone)
        name = next((column.name for column in COLUMNS[:4] if cells.get(column.name)), None)
        if name == "eier":
            owners[number] = cells["eier"]
            found.append(Item(item_no=number, place=place, kind="eier", asked=None))
        elif name is None:
            found.append(Item(item_no=number, place=place, kind="row", asked=None, state="REFUSED", **said("nothing")))
        else:
            found.append(_item(number, place, name, cells[name], moment))
    return Asked(tuple(found), owners)


def _item(number: int, place: str, name: str, text: str, moment: datetime | None) -> Item:
    kind = cast(Kind, name)
    if _KINDS[name].askable(text):
        return Item(item_no=number, place=place, kind=kind, asked=text, as_of=moment)
    return Item(item_no=number, place=place, kind=kind, asked=None, state="REFUSED", **said("not_askable"))


def _moment(text: str | None, timezone: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)) if text else None


def lines_of(text: str) -> Iterator[str]:
    """The entries of a form's field: one a line, or separated by commas or semicolons."""
    for part in re.split(r"[\n,;]", text):
        if part.strip():
            yield part.strip()
