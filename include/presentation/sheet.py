"""CSV and XLSX through pandas, every cell as it was written: nothing is guessed to be a number, a date or a gap.

A spreadsheet's numbers come as numbers: leading zeros that only its format shows are put back, and numbers of more
than fifteen digits, of which a spreadsheet keeps no more, are refused row by row instead of being sent wrong.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from include.drop.table_cells import Cell, is_blank, text_of, title_key
from include.drop.table_text import decoded
from include.errors import ContentRefused
from include.presentation.columns import TITLES
from include.presentation.given import FileRefused, GivenRow, remark

if TYPE_CHECKING:
    import pandas

MOST_COLUMNS = 100
MOST_UNPACKED = 64_000_000
"""Bytes of an XLSX file after unpacking."""
_SEPARATORS = ";,\t|"
_EXACT = 10**15
_ZEROS = re.compile(r"0{2,}")


def csv_rows(content: bytes, shown: str, *, max_rows: int) -> Iterator[GivenRow]:
    """The rows of a CSV file in UTF-8, UTF-16 or Windows-1252, separated by semicolon, comma, tab or bar.

    :raises FileRefused: it is no text, a quote is not closed, or it has too many rows or columns
    """
    import pandas

    try:
        text = decoded(content, shown)
    except ContentRefused:
        raise FileRefused("file.damaged") from None
    separator, skipped = _separator(text)
    width = 1 + _heading_line(text, skipped).count(separator)
    if width > MOST_COLUMNS:
        raise FileRefused("file.columns", limit=MOST_COLUMNS)
    try:
        # One column more than the heading has: what stands there does not belong to any column.
        frame = pandas.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            names=range(width + 1),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            skiprows=skipped,
            nrows=max_rows + 2,
            engine="python",
            on_bad_lines=lambda cells: [*cells[:width], "…"],
        )
    except (pandas.errors.ParserError, csv.Error):
        raise FileRefused("file.quote") from None
    except pandas.errors.EmptyDataError:
        raise FileRefused("file.empty") from None
    yield from _rows(frame, max_rows, first=1 + skipped, overflow=width)


def xlsx_rows(content: bytes, *, max_rows: int) -> Iterator[GivenRow]:
    """The rows of the first sheet of an XLSX workbook, values only.

    :raises FileRefused: it is no workbook, unpacks to too much, or has too many rows or columns
    """
    import pandas

    _refuse_bomb(content)
    try:
        frame = pandas.read_excel(
            io.BytesIO(content), header=None, dtype=object, na_filter=False, nrows=max_rows + 2, engine="openpyxl"
        )
        padded = _padded(content, frame)
    except FileRefused:
        raise
    except Exception:  # a stranger's archive: whatever the libraries make of it, the file cannot be read
        raise FileRefused("file.damaged") from None
    if len(frame.columns) > MOST_COLUMNS:
        raise FileRefused("file.columns", limit=MOST_COLUMNS)
    yield from _rows(padded, max_rows, first=1, overflow=None)


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise FileRefused("file.damaged") from None
    if total > MOST_UNPACKED:
        raise FileRefused("file.too_large", limit=f"{MOST_UNPACKED // 1_000_000} MB")


def _padded(content: bytes, frame: pandas.DataFrame) -> pandas.DataFrame:
    """Puts back the zeros of numbers whose format is zeros only (`00000000`): a person sees them in the sheet."""
    if not frame.map(lambda cell: isinstance(cell, int) and not isinstance(cell, bool)).to_numpy().any():
        return frame
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        cells = book.worksheets[0].iter_rows(max_row=len(frame), max_col=len(frame.columns))
        for at, row in enumerate(cells):
            for column, cell in enumerate(row):
                zeros = getattr(cell, "number_format", None) or ""
                value = frame.iat[at, column]
                if isinstance(value, int) and not isinstance(value, bool) and _ZEROS.fullmatch(zeros):
                    frame.iat[at, column] = str(value).zfill(len(zeros))
    finally:
        book.close()
    return frame


def _rows(frame: pandas.DataFrame, max_rows: int, *, first: int, overflow: int | None) -> Iterator[GivenRow]:
    """The heading is the first row that is not empty; rows are numbered as a spreadsheet does."""
    if len(frame) > max_rows + 1:
        raise FileRefused("file.rows", limit=max_rows)
    heading: Mapping[int, str] | None = None
    found = 0
    for number, cells in enumerate(frame.itertuples(index=False, name=None), start=first):
        if all(_blank(cell) for cell in cells):
            continue
        if heading is None:
            heading = _heading(cells)
            continue
        found += 1
        too_many = overflow is not None and not _blank(cells[overflow])
        yield _row(number, cells, heading, too_many=too_many)
    if not found:
        raise FileRefused("file.empty")


def _heading(cells: Sequence[Any]) -> Mapping[int, str]:
    """Position to column name, for the titles that are known."""
    known = {at: TITLES.get(title_key(cell)) for at, cell in enumerate(cells) if isinstance(cell, str)}
    found = {at: column for at, column in known.items() if column is not None}
    names = [column.name for column in found.values()]
    twice = next((column for column in found.values() if names.count(column.name) > 1), None)
    if twice is not None:
        raise FileRefused("file.heading_twice", column=twice.en)
    if "level" not in names:
        raise FileRefused("file.heading")
    return {at: column.name for at, column in found.items()}


def _row(number: int, cells: Sequence[Any], heading: Mapping[int, str], *, too_many: bool) -> GivenRow:
    kept: dict[str, str] = {}
    faults = [remark("row.cells", "")] if too_many else []
    for at, name in heading.items():
        try:
            text = _text(cells[at])
        except ValueError as error:
            faults.append(remark(str(error), name, column=name))
            continue
        if text:
            kept[name] = text
    return GivenRow(row_no=number, cells=kept, faults=tuple(faults))


def _text(cell: Any) -> str:
    """The cell as text. Raises ValueError with the rule that it breaks."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT:
        raise ValueError("row.number")
    if isinstance(cell, float) and cell != cell:  # a gap
        return ""
    try:
        return text_of(cell, "text", None)
    except ValueError:
        raise ValueError("row.cell") from None


def _blank(cell: Cell) -> bool:
    return is_blank(cell) or (isinstance(cell, float) and cell != cell)


def _separator(text: str) -> tuple[str, int]:
    """The separator, and how many lines to pass over: Excel writes and reads a first line `sep=;`."""
    first = text.partition("\n")[0]
    told = first.strip().strip('"').lower()
    if told.startswith("sep=") and len(told) == 5:
        return told[4], 1
    return max(_SEPARATORS, key=_heading_line(text, 0).count), 0


def _heading_line(text: str, skipped: int) -> str:
    lines = (line for at, line in enumerate(io.StringIO(text)) if at >= skipped)
    return next((line for line in lines if line.strip()), "")
