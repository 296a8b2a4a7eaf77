"""JSON presentation files: the schema is published as presentation.schema.json, and reading is more patient than it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from include.drop.table_cells import text_of, title_key
from include.presentation.columns import EXPECTED, TITLES
from include.presentation.given import FileRefused, Given, GivenRow, remark

_LISTS = ("consignments", "forsendelser")
_EXPECTED_LISTS = ("expectedHouseConsignments", "forventedeHus")


def json_rows(content: bytes, *, max_rows: int) -> Given:
    """The elements of the list `consignments` (or of a bare list); houses that one of them expects follow it.

    :raises FileRefused: no JSON, no such list, or too many rows
    """
    try:
        told = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise FileRefused("file.json") from None
    office = None
    if isinstance(told, dict):
        office = next((value for key, value in told.items() if _name(key) == "office"), None)
        told = next((told[name] for name in _LISTS if name in told), None)
    if not isinstance(told, list):
        raise FileRefused("file.json")
    rows: list[GivenRow] = []
    for element in told:
        for row in _with_expected(element, len(rows) + 1):
            rows.append(row)
            if len(rows) > max_rows:
                raise FileRefused("file.rows", limit=max_rows)
    if not rows:
        raise FileRefused("file.empty")
    return Given(rows=rows, office=office if isinstance(office, str) and office.strip() else None)


def _with_expected(element: Any, number: int) -> Iterator[GivenRow]:
    """One consignment, then the houses expected below it, which take its declaration and receptacle."""
    row = _row(element, number)
    yield row
    houses = next((element[name] for name in _EXPECTED_LISTS if name in element), ()) if _is_object(element) else ()
    above = {name: row.cells[name] for name in ("mrn", "receptacle") if name in row.cells}
    for at, house in enumerate(houses if isinstance(houses, list) else (), start=number + 1):
        expected = _row(house, at)
        cells = {**above, **expected.cells, "level": EXPECTED}
        yield GivenRow(row_no=at, cells=cells, faults=expected.faults)


def _row(element: Any, number: int) -> GivenRow:
    if not _is_object(element):
        return GivenRow(row_no=number, cells={}, faults=(remark("row.object", ""),))
    cells: dict[str, str] = {}
    faults: list[Mapping[str, Any]] = []
    for key, value in _fields(element):
        name = _name(key)
        if name is None or value is None:
            continue
        try:
            text = (
                text_of(value, "text", None) if isinstance(value, str | int) and not isinstance(value, bool) else None
            )
        except ValueError:
            faults.append(remark("row.cell", name, column=name))
            continue
        if text is None:
            faults.append(remark("row.value", name, column=name))
        elif text:
            cells[name] = text
    return GivenRow(row_no=number, cells=cells, faults=tuple(faults))


def _fields(element: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Fields by name, those of an inner object (`transportDocumentHouseLevel`) included."""
    for key, value in element.items():
        if isinstance(value, dict):
            yield from value.items()
        elif key not in _EXPECTED_LISTS:
            yield key, value


def _name(key: str) -> str | None:
    column = TITLES.get(title_key(key))
    return column.name if column else None


def _is_object(element: Any) -> bool:
    return isinstance(element, dict)
