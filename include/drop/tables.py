"""Tables that importers drop: CSV, XLSX or JSON in, rows of plain text out, and a reason for every row that is none.

What a file says is never quoted in a reason, since a cell may hold a national number: reasons name line and column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from include.drop import table_cells, table_json, table_sheet, table_text
from include.drop.names import display_name, megabytes
from include.drop.table_cells import Cell, Kind, RawRow, title_key
from include.errors import ContentRefused

MOST_BYTES = 8_000_000
MOST_ROWS = 100_000
_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".json")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is looked for.

    `titles` are other spellings of its heading; case, blanks, `_`, `-` and `.` make no difference. A file without a
    `required` column is refused; an empty cell never is. `kind`: `text` is stripped text, `date` becomes `YYYY-MM-DD`,
    `moment` becomes `YYYY-MM-DDTHH:MM:SS` as it stands, without a time zone. `digits` is for numbers of a fixed
    length: leading zeros that a spreadsheet took away come back.
    """

    name: str
    titles: tuple[str, ...] = ()
    required: bool = False
    kind: Kind = "text"
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: where it stands (`line 4`, `row 4` or `element 3`), and the cells that are not empty, by column name.

    `number` counts good and bad rows together, from 1.
    """

    place: str
    cells: Mapping[str, str] = field(repr=False)
    number: int = 0


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be read, and why. The sentence names place and column and quotes nothing."""

    place: str
    fault: ContentRefused
    number: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds. `rows` and `bad` together are every row that is not empty, in the order of the file."""

    rows: tuple[TableRow, ...]
    bad: tuple[BadRow, ...]


def is_table(name: bytes) -> bool:
    """Whether the name is that of a table: `.csv`, `.txt`, `.tsv`, `.xlsx` or `.json`, in any case."""
    return name.lower().endswith(tuple(ending.encode() for ending in _ENDINGS))


def read_table(
    content: bytes, name: bytes, columns: Sequence[Column], *, max_bytes: int = MOST_BYTES, max_rows: int = MOST_ROWS
) -> Table:
    """The rows of a dropped table; a bad row keeps none of the others back.

    CSV: comma, semicolon, tab or bar; UTF-8 or UTF-16 with or without byte order mark, else Windows-1252. XLSX: the one
    visible sheet that has the columns. JSON: an array of objects, one object, or an object with one array in it;
    objects inside a row count by the names of their fields. Columns that nobody asked for are left alone.

    :raises ContentRefused: the file as a whole: empty, too large, no such format, damaged, a required column missing
    """
    shown = display_name(name)
    if not content.strip():
        raise ContentRefused(f"{shown} is empty: fill it in and drop it again.", rule_id="content.empty")
    if len(content) > max_bytes:
        raise ContentRefused(
            f"{shown} is larger than {megabytes(max_bytes)}: split it into smaller files.", rule_id="content.too_large"
        )
    if content.startswith(_OLD_EXCEL):
        raise ContentRefused(
            f"{shown} is an old .xls workbook or one with a password: save it as .xlsx without a password.",
            rule_id="table.format",
        )
    if not is_table(name):
        raise ContentRefused(f"{shown} is no .csv, .xlsx or .json: save it as one of these.", rule_id="table.format")
    return _Reader(shown, columns, max_rows).read(_raw_rows(content, name, shown, columns))


def _raw_rows(content: bytes, name: bytes, shown: str, columns: Sequence[Column]) -> Iterable[RawRow]:
    """The rows as the format has them, the heading first."""
    if content.startswith(b"PK\x03\x04"):
        return table_sheet.raw_rows(content, shown, frozenset(_required(columns)))
    if name.lower().endswith(b".xlsx"):
        raise ContentRefused(f"{shown} is no XLSX workbook: save it as .xlsx again.", rule_id="table.format")
    if name.lower().endswith(b".json"):
        return table_json.raw_rows(content, shown, {key: one.name for one in columns for key in _keys(one)})
    return table_text.raw_rows(content, shown)


def _keys(column: Column) -> set[str]:
    return {title_key(title) for title in (column.name, *column.titles)}


def _required(columns: Sequence[Column]) -> list[frozenset[str]]:
    return [frozenset(_keys(column)) for column in columns if column.required]


class _Reader:
    """Turns raw rows into rows with names; keeps count and faults."""

    def __init__(self, shown: str, columns: Sequence[Column], max_rows: int) -> None:
        self._shown = shown
        self._columns = columns
        self._max_rows = max_rows
        self._rows: list[TableRow] = []
        self._bad: list[BadRow] = []

    def read(self, raw: Iterable[RawRow]) -> Table:
        at: list[tuple[int, Column]] | None = None
        width = 0
        for row in raw:
            if row.fault is None and all(table_cells.is_blank(cell) for cell in row.cells):
                continue
            if at is None:
                at, width = self._heading(row), len(row.cells)
                continue
            if len(self._rows) + len(self._bad) >= self._max_rows:
                raise ContentRefused(
                    f"{self._shown} holds more than {self._max_rows} rows: split it into smaller files.",
                    rule_id="table.rows",
                )
            self._take(row, at, width)
        if at is None:
            raise ContentRefused(f"{self._shown} holds no rows: fill it in and drop it again.", rule_id="content.empty")
        return Table(tuple(self._rows), tuple(self._bad))

    def _heading(self, row: RawRow) -> list[tuple[int, Column]]:
        """Position and column of every title that is known.

        :raises ContentRefused: a required column is missing, or one is there twice
        """
        if row.fault is not None:
            raise ContentRefused(f"{self._shown}, {row.place}: {row.fault}.", rule_id="table.heading")
        keys = [title_key(cell) if isinstance(cell, str) else "" for cell in row.cells]
        known = {key: column for column in self._columns for key in _keys(column)}
        found = [(at, known[key]) for at, key in enumerate(keys) if key in known]
        names = [column.name for _, column in found]
        missing = [column.name for column in self._columns if column.required and column.name not in names]
        if missing:
            raise ContentRefused(
                f"{self._shown} has no column {' and no column '.join(missing)}: the first row must name the columns.",
                rule_id="table.heading",
            )
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ContentRefused(
                f"{self._shown} has the column {twice[0]} twice: keep one of them.", rule_id="table.heading"
            )
        return found

    def _take(self, row: RawRow, at: Sequence[tuple[int, Column]], width: int) -> None:
        faults: list[str] = [] if row.fault is None else [row.fault]
        if not faults and any(not table_cells.is_blank(cell) for cell in row.cells[width:]):
            faults.append("there are more cells than columns, so put text that holds the separator in quotes")
        cells: dict[str, str] = {}
        for position, column in at if not faults else ():
            cell: Cell = row.cells[position] if position < len(row.cells) else None
            try:
                text = table_cells.text_of(cell, column.kind, column.digits)
            except ValueError as error:
                faults.append(f"column {column.name} {error}")
                continue
            if text:
                cells[column.name] = text
        number = len(self._rows) + len(self._bad) + 1
        if faults:
            sentence = f"{self._shown}, {row.place}: {'; '.join(faults)}."
            self._bad.append(BadRow(row.place, ContentRefused(sentence, rule_id="table.row"), number))
        else:
            self._rows.append(TableRow(row.place, cells, number))
