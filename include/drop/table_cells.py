"""One cell of a stranger's table as plain text: what spreadsheets do to numbers and dates is undone or named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""What the formats give: text from CSV, typed values from XLSX and JSON."""

Kind = Literal["text", "date", "moment"]

LONGEST = 1_000
"""Characters of one cell; more is a mistake of quoting."""

_SPREADSHEET_EPOCH = datetime(1899, 12, 30)  # day 0 of Excel's calendar, its leap day of 1900 included
_FIRST_SERIAL, _LAST_SERIAL = 1.0, 73_050.0  # 1900 to 2099
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|#[A-ZÆØÅ/]+[!?]?")
_NORWEGIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(?:kl\.? ?)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?")
_EDGES = " \t\r\n\v\f\u00a0\u2007\u202f\u200b\ufeff"


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as its format has it; `fault` says why its cells cannot be trusted."""

    place: str
    cells: Sequence[Cell] = field(repr=False)
    fault: str | None = None


def title_key(title: str) -> str:
    """A heading without what people vary: `Fødsels-nummer ` and `fodselsnummer` are one."""
    folded = title.casefold().replace("ø", "o").replace("æ", "ae").replace("å", "a")
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return re.sub(r"[\s_.\-\u200b\ufeff]+", "", plain)


def is_blank(cell: Cell) -> bool:
    """Whether nothing is in it."""
    return cell is None or (isinstance(cell, str) and not cell.strip(_EDGES))


def text_of(cell: Cell, kind: Kind, digits: int | None) -> str:
    """The cell as text, empty for nothing.

    :raises ValueError: it cannot be what the column holds; the text goes on after "column …" and quotes nothing
    """
    if is_blank(cell):
        return ""
    if isinstance(cell, str):
        cell = _clean(cell)
    if kind == "text":
        return _text(cell, digits)
    moment = _moment(cell)
    if kind == "moment":
        return moment.isoformat(timespec="seconds")
    if moment.time() != time():
        raise ValueError("holds a time of day beside the date, so write the date only")
    return moment.date().isoformat()


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text.strip(_EDGES))
    text = re.sub("[\u00a0\u2007\u202f]", " ", text)
    if "\n" in text or "\r" in text:
        raise ValueError("holds a line break, so look for a quote that is not closed")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for character in text):
        raise ValueError("holds an invisible character, so type the cell again")
    if len(text) > LONGEST:
        raise ValueError(f"holds more than {LONGEST} characters")
    if _ERROR.fullmatch(text):
        raise ValueError("holds an error of the spreadsheet, so mend its formula")
    return text


def _text(cell: Cell, digits: int | None) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date):
        return _iso(cell)
    if isinstance(cell, int):
        return _with_zeros(str(cell), digits)
    if isinstance(cell, float):
        if not cell.is_integer() or abs(cell) >= 1e15:
            return repr(cell)
        return _with_zeros(str(int(cell)), digits)
    if not isinstance(cell, str):
        raise ValueError("holds a time of day, so format the column as text")
    if digits and _SCIENTIFIC.fullmatch(cell):
        raise ValueError("holds a number that the spreadsheet has shortened, so format the column as text")
    return _with_zeros(cell, digits)


def _iso(cell: date | datetime) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat()


def _with_zeros(text: str, digits: int | None) -> str:
    """Spreadsheets drop leading zeros of a number. At most two are given back: more are missing digits, not zeros."""
    if digits and text.isascii() and text.isdigit() and digits - 2 <= len(text) < digits:
        return text.zfill(digits)
    return text


def _moment(cell: Cell) -> datetime:
    """A point in time without zone: a date cell, a serial number of a spreadsheet, ISO 8601 or `dd.mm.yyyy [hh:mm]`."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None, microsecond=0)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(float(cell))
    if isinstance(cell, str):
        if _SERIAL.fullmatch(cell):
            return _serial(float(cell.replace(",", ".")))
        found = _written(cell)
        if found is not None:
            return found
    raise ValueError("is no date such as 2026-11-22 or 22.11.2026")


def _serial(days: float) -> datetime:
    if not _FIRST_SERIAL <= days <= _LAST_SERIAL:
        raise ValueError("is no date such as 2026-11-22 or 22.11.2026")
    return _SPREADSHEET_EPOCH + timedelta(seconds=round(days * 86_400))


def _written(text: str) -> datetime | None:
    found = _NORWEGIAN.fullmatch(text)
    try:
        if found:
            day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second)
        if re.match(r"\d{4}-\d{2}-\d{2}(?:$|[T ])", text):
            written = datetime.fromisoformat(text)
            if written.tzinfo is not None:
                raise ValueError("names a time zone, so write the local time without one")
            return written.replace(microsecond=0)
    except ValueError as error:
        if "time zone" in str(error):
            raise
    return None
