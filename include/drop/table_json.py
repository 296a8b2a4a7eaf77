"""JSON tables: an array of objects, one object, or an object that holds one array of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from include.drop.table_cells import Cell, RawRow, title_key
from include.drop.table_text import decoded
from include.errors import ContentRefused


class _TwiceError(Exception):
    """An object names a field twice."""


def raw_rows(content: bytes, shown: str, names: Mapping[str, str]) -> Iterator[RawRow]:
    """The heading (every name in `names` that occurs), then one row per object; `names` maps title keys to columns.

    :raises ContentRefused: no JSON, or no objects in it
    """
    elements = _elements(content, shown)
    rows = [(f"element {number}", *_row(element, names)) for number, element in enumerate(elements, start=1)]
    heading = sorted({name for _, cells, _ in rows for name in cells})
    yield RawRow("element 1", heading)
    for place, cells, fault in rows:
        yield RawRow(place, [cells.get(name) for name in heading], fault)


def _elements(content: bytes, shown: str) -> list[Any]:
    refusal = "so write an array of objects, one object per row"
    try:
        told = json.loads(decoded(content, shown), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ContentRefused(f"{shown} is not JSON{line}, {refusal}.", rule_id="table.json") from None
    if isinstance(told, dict):
        arrays = [value for value in told.values() if isinstance(value, list)]
        told = arrays[0] if len(arrays) == 1 and len(told) == 1 else [told]
    if not isinstance(told, list) or not told:
        raise ContentRefused(f"{shown} holds no rows, {refusal}.", rule_id="table.json")
    return told


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        found["\x00twice"] = True
    return found


def _row(element: Any, names: Mapping[str, str]) -> tuple[dict[str, Cell], str | None]:
    """The known fields of one object, those of objects inside it included."""
    cells: dict[str, Cell] = {}
    if not isinstance(element, dict):
        return cells, "this is no object with named fields"
    try:
        _collect(element, names, cells)
    except _TwiceError:
        return {}, "a field is there twice"
    except TypeError:
        return {}, "a field holds a list where one value belongs"
    return cells, None


def _collect(element: Mapping[str, Any], names: Mapping[str, str], cells: dict[str, Cell]) -> None:
    if "\x00twice" in element:
        raise _TwiceError
    for key, value in element.items():
        if isinstance(value, dict):
            _collect(value, names, cells)
            continue
        name = names.get(title_key(key))
        if name is None or value is None:
            continue
        if isinstance(value, list):
            raise TypeError
        if name in cells:
            raise _TwiceError
        cells[name] = value
