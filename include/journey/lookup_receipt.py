"""The receipt of a lookup: a workbook with the vehicles on one sheet, and on another what has no answer and why.

Cells are typed: days are days, codes are text. A text that begins like a formula stays a text, marked so that it also
stays one when the workbook is edited. Nothing of an owner is in it: nothing of an owner gets this far.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from include.config.party import Party
from include.journey.lookup_texts import told
from include.ledger.lookups import Item

_DAY, _MOMENT, _WHEN = (
    ["registrert_forstegang_norge", "forstegang_registrert", "kontrollfrist"],
    "registrering_fom",
    "at",
)
_SHEETS = {"en": ("Vehicles", "Not answered"), "nb": ("Kjøretøy", "Uten svar")}
_VEHICLE = (
    ("", "Row", "Rad", 12),
    ("", "Asked for", "Spurt om", 22),
    ("kuid", "kuid", "kuid", 14),
    ("understellsnummer", "VIN", "Understellsnummer", 22),
    ("kjennemerke", "Plate", "Kjennemerke", 13),
    ("merke", "Make", "Merke", 18),
    ("merkekode", "merkekode", "Merkekode", 11),
    ("typegodkjenningsnummer", "Type approval", "Typegodkjenning", 24),
    ("variant", "Variant", "Variant", 14),
    ("versjon", "Version", "Versjon", 14),
    ("avgiftskode", "avgiftskode", "Avgiftskode", 12),
    ("teknisk_kode", "tekniskKode", "Teknisk kode", 12),
    ("registreringsstatus", "Status", "Registreringsstatus", 22),
    (_MOMENT, "Status since", "Status siden", 18),
    ("registrert_forstegang_norge", "First registered in Norway", "Første gang registrert i Norge", 18),
    ("forstegang_registrert", "First registered", "Første gang registrert", 18),
    ("kontrollfrist", "Inspection due", "Kontrollfrist", 14),
    ("as_of", "As of", "Slik det var", 18),
    (_WHEN, "Looked up", "Slått opp", 18),
)
_OTHER = (("Row", "Rad", 12), ("Asked for", "Spurt om", 22), ("Outcome", "Utfall", 22), ("Why", "Hvorfor", 110))
_STATES = {
    "SEVERAL": ("ambiguous", "tvetydig"),
    "ABSENT": ("not found", "ikke funnet"),
    "UNREADABLE": ("unreadable", "uleselig"),
    "REFUSED": ("not asked", "ikke spurt"),
    "OPEN": ("not asked yet", "ikke spurt ennå"),
    "FOUND": ("cut off", "avkortet"),
}


def workbook(items: Iterable[Item], party: Party, *, waits: str | None = None, refused: str | None = None) -> bytes:
    """The whole receipt. `waits`: why some are still open; `refused`: why the file as a whole was not read.

    Rows go to disk as they come, so memory does not grow with them; only the finished workbook is held.
    """
    nb = party.language == "nb"
    book = Workbook(write_only=True)
    found, other = (book.create_sheet(name) for name in _SHEETS[party.language])
    _head(found, [(norwegian if nb else english, width) for _, english, norwegian, width in _VEHICLE])
    _head(other, [(norwegian if nb else english, width) for english, norwegian, width in _OTHER])
    if refused:
        other.append(_cells(other, ["", "", _STATES["REFUSED"][nb], refused]))
    zone = ZoneInfo(party.timezone)
    for one in items:
        for held in one.vehicles:
            found.append(_cells(found, _vehicle(one, held, zone)))
        if one.state != "FOUND" or one.why:
            why = told("open", None, party) if one.state == "OPEN" else told(one.why, one.sentence, party)
            if one.state == "OPEN" and waits:
                why = f"{why} {waits}"
            other.append(_cells(other, [one.place, one.asked, _STATES[one.state][nb], why]))
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def _head(sheet: Any, titles: Sequence[tuple[str, int]]) -> None:
    for number, (_, width) in enumerate(titles):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.freeze_panes = "A2"
    cells = list(_cells(sheet, [title for title, _ in titles]))
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)


def _vehicle(one: Item, held: dict[str, Any], zone: ZoneInfo) -> Iterator[Any]:
    yield one.place
    yield one.asked
    for name, *_ in _VEHICLE[2:]:
        if name in _DAY:
            yield date.fromisoformat(held[name]) if held.get(name) else None
        elif name == _MOMENT:
            yield _local(datetime.fromisoformat(held[name]), zone) if held.get(name) else None
        elif name == _WHEN:
            yield _local(one.looked_up_at, zone) if one.looked_up_at else None
        elif name == "as_of":
            yield _local(one.as_of, zone) if one.as_of else None
        else:
            yield held.get(name)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Spreadsheets know no time zones: the party's own, without saying so."""
    return (moment.astimezone(zone) if moment.tzinfo else moment).replace(tzinfo=None, microsecond=0)


def _cells(sheet: Any, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, str):
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", value))
            cell.data_type = "s"  # a text that begins with = would become a formula
            cell.quotePrefix = value[:1] in "=+-@\t\r" and bool(value)
            cell.number_format = "@"
        else:
            cell = WriteOnlyCell(sheet, value)
            if isinstance(value, datetime):
                cell.number_format = "yyyy-mm-dd hh:mm"
            elif isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
        yield cell
