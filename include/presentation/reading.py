"""A presentation file: bytes in, rows out, each with its consignment or with the reasons why it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from include.drop.names import display_name
from include.drop.table_cells import title_key
from include.presentation.columns import COLUMNS, EXPECTED, LEVELS
from include.presentation.given import FileRefused, Given, GivenRow, remark
from include.presentation.json_file import json_rows
from include.presentation.sheet import csv_rows, xlsx_rows
from include.toll.presentation import Consignment, Level

MOST_ROWS = 20_000
"""Rows of one file unless a setting says otherwise."""
MOST_BYTES = 16_000_000
"""Bytes of one file."""
ENDINGS = (b".csv", b".txt", b".tsv", b".xlsx", b".json")

_COMPACT = frozenset(column.name for column in COLUMNS if column.compact)
_UPPER = frozenset({"mrn", "document_type", "receptacle", "container", "office"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One row. `consignment` is None exactly where `faults` are. `expected`: a house to wait for, not to present."""

    row_no: int
    cells: Mapping[str, str] = field(repr=False)
    faults: tuple[Mapping[str, Any], ...] = ()
    consignment: Consignment | None = None
    expected: bool = False
    corrects: UUID | None = None


def is_presentation(name: bytes) -> bool:
    """Whether the name is that of a file that can be read."""
    return name.lower().endswith(ENDINGS)


def read(name: bytes, content: bytes, *, max_rows: int = MOST_ROWS) -> tuple[str | None, list[ReadRow]]:
    """The customs office that the file names for all rows (or None), and every row that is not empty.

    :raises FileRefused: nothing of the file can be used; a bad row never is a reason for that
    """
    given = _given(name, content, max_rows)
    office = _compact("office", given.office) if given.office else None
    return office, [read_row(row, office) for row in given.rows]


def _given(name: bytes, content: bytes, max_rows: int) -> Given:
    lowered = name.lower()
    if not content.strip():
        raise FileRefused("file.empty")
    if lowered.endswith(b".xlsx") or content.startswith(b"PK\x03\x04"):
        return Given(rows=list(xlsx_rows(content, max_rows=max_rows)))
    if lowered.endswith(b".json"):
        return json_rows(content, max_rows=max_rows)
    return Given(rows=list(csv_rows(content, display_name(name), max_rows=max_rows)))


def read_row(row: GivenRow, office: str | None) -> ReadRow:
    """A row's consignment, from its cells; `office` where the row names none."""
    cells = {name: _compact(name, text) for name, text in row.cells.items()}
    if office:
        cells.setdefault("office", office)
    faults = [*row.faults]
    level = LEVELS.get(title_key(cells.get("level", "")))
    if level is None and not any(fault["field"] == "level" or fault["rule_id"] == "row.object" for fault in faults):
        faults.append(remark("row.level", "level"))
    corrects = _uuid(cells.get("corrects"))
    if cells.get("corrects") and corrects is None:
        faults.append(remark("row.corrects", "corrects"))
    if level == EXPECTED and not (cells.get("document_number") and cells.get("document_type")):
        faults.append(remark("row.expected", "document_number"))
    if level is None or faults:
        return ReadRow(row_no=row.row_no, cells=cells, faults=tuple(faults))
    consignment = Consignment(
        Level.HOUSE if level == EXPECTED else Level(level),
        cells.get("office", ""),
        **{name: cells.get(name) for name in ("mrn", "document_number", "document_type", "receptacle", "container")},
    )
    return ReadRow(
        row_no=row.row_no, cells=cells, consignment=consignment, expected=level == EXPECTED, corrects=corrects
    )


def _compact(name: str, text: str) -> str:
    """Codes and numbers that never hold a blank lose the ones people put in to read them, and get capital letters."""
    found = "".join(text.split()) if name in _COMPACT else text.strip()
    return found.upper() if name in _UPPER else found


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
