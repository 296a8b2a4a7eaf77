"""XLSX as a stranger's archive: counted before it is opened, read row by row, values only."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl

from include.drop.names import megabytes
from include.drop.table_cells import Cell, RawRow, is_blank, title_key
from include.errors import ContentRefused

MOST_ENTRIES = 300
MOST_TOTAL = 64_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
_CHUNK = 1_000_000
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, IndexError, AttributeError, ParseError,
    NotImplementedError, RuntimeError, OSError, ArithmeticError, SyntaxError,
)  # fmt: skip


def raw_rows(content: bytes, shown: str, required: frozenset[frozenset[str]]) -> Iterator[RawRow]:
    """The rows of the one visible sheet whose heading has a title of every set in `required`; the heading first.

    Where none has, the first visible sheet is read, so that what is missing can be named.

    :raises ContentRefused: damaged, too large unpacked, a document type in it, or several sheets with rows
    """
    _refuse_archive(content, shown)
    try:
        # Values as last computed; links to other workbooks are never followed.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except _DAMAGED:
        raise _damaged(shown) from None
    try:
        yield from _rows(_sheet(book, shown, required))
    except _DAMAGED:
        raise _damaged(shown) from None
    finally:
        book.close()


def _refuse_archive(content: bytes, shown: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_TOTAL:
                raise ContentRefused(
                    f"{shown} unpacks to more than {megabytes(MOST_TOTAL)}: save only the rows in a new workbook.",
                    rule_id="archive.too_large",
                )
            if any(_declares_types(archive, entry) for entry in entries if entry.filename.endswith((".xml", ".rels"))):
                raise _damaged(shown)
    except _DAMAGED:
        raise _damaged(shown) from None


def _declares_types(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """A document type declaration, which no spreadsheet writes: it could make a small file expand without end."""
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            plain = tail + chunk.replace(b"\x00", b"")
            if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                return True
            tail = plain[-10:]
    return False


def _sheet(book: Any, shown: str, required: frozenset[frozenset[str]]) -> Any:
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise ContentRefused(f"{shown} has no visible sheet: put the rows on one.", rule_id="table.sheet")
    fitting = [sheet for sheet in visible if _has(sheet, required)]
    if len(fitting) > 1:
        raise ContentRefused(f"{shown} has rows on more than one sheet: put them on one.", rule_id="table.sheet")
    return fitting[0] if fitting else visible[0]


def _has(sheet: Any, required: frozenset[frozenset[str]]) -> bool:
    for row in _rows(sheet):
        if any(not is_blank(cell) for cell in row.cells):
            keys = {title_key(cell) for cell in row.cells if isinstance(cell, str)}
            return all(keys & titles for titles in required)
    return False


def _rows(sheet: Any) -> Iterator[RawRow]:
    """Bounded on both sides: a sheet may claim a million rows, or a cell in column XFD."""
    rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
    for number, row in enumerate(rows, start=1):
        cells: list[Cell] = list(row)
        while cells and is_blank(cells[-1]):
            cells.pop()
        yield RawRow(f"row {number}", cells)


def _damaged(shown: str) -> ContentRefused:
    return ContentRefused(
        f"{shown} is no XLSX workbook we can read, or a damaged one: save it again.", rule_id="table.format"
    )
