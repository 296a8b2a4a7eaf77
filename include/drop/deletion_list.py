"""A list of vehicles to be deleted, as importers drop it: a table with a reference or VIN in each row, or just lines.

CSV, XLSX and JSON are tables whose columns are `reference`, `vin`, `merkekode` and `reason`, or the Norwegian words for
them. A text file may also have one reference or VIN on each line, and a JSON file may be an array of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from include.drop.names import display_name
from include.drop.table_text import decoded
from include.drop.tables import Column, Table, is_table, read_table
from include.errors import ContentRefused

MOST_BYTES = 4_000_000
MOST_ROWS = 10_000
COLUMNS = (
    Column("reference", ("iviReferanse", "ivi_reference", "IVIReferenceId", "referanse")),
    Column("vin", ("understellsnummer", "chassisnummer", "VehicleIdentificationNumber")),
    Column("merkekode", ("make_code",)),
    Column("reason", ("begrunnelse", "årsak", "grunn")),
)
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/{}-]{2,99}")
_VIN = re.compile(r"[A-Za-z0-9]{3,19}")
_MAKE = re.compile(r"[0-9]{1,6}")
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. `key` is the reference, or the VIN where there is no reference; `fault` is why it cannot be used.

    A VIN beside a reference is in `vin`: both must mean the same vehicle.
    """

    number: int
    key: str
    vin: str | None = None
    merkekode: str | None = None
    reason: str = ""
    fault: str | None = None


def read_deletions(content: bytes, name: bytes) -> list[Row]:
    """Every row that is not empty, good or bad, in the order of the file.

    :raises ContentRefused: the file as a whole cannot be used
    """
    shown = display_name(name)
    lines = _plain_lines(content, name, shown) if is_table(name) and content.strip() else None
    if lines is not None:
        if len(lines) > MOST_ROWS:
            raise ContentRefused(
                f"{shown} holds more than {MOST_ROWS} rows: split it into smaller files.", rule_id="table.rows"
            )
        return [_row(number, key, None, None, "") for number, key in lines]
    table = read_table(content, name, COLUMNS, max_bytes=MOST_BYTES, max_rows=MOST_ROWS)
    if not any(row.cells.keys() & {"reference", "vin"} for row in table.rows):
        raise ContentRefused(
            f"{shown} names no vehicle: write one reference or VIN on each line, or a column reference or vin.",
            rule_id="table.heading",
        )
    rows = list(_table_rows(table))
    return sorted(rows, key=lambda row: row.number)


def _table_rows(table: Table) -> Iterator[Row]:
    for row in table.rows:
        cells = row.cells
        reference, vin = cells.get("reference"), cells.get("vin")
        yield _row(
            _number(row.place), reference or vin or "", vin if reference else None, cells.get("merkekode"),
            cells.get("reason", ""),
        )  # fmt: skip
    for bad in table.bad:
        yield Row(number=_number(bad.place), key="-", fault=str(bad.fault))


def _plain_lines(content: bytes, name: bytes, shown: str) -> list[tuple[int, str]] | None:
    """Line number and text of a file that is no table; None for a table, or what only a table's reader can judge."""
    if content.startswith(b"PK\x03\x04") or len(content) > MOST_BYTES:
        return None
    text = decoded(content, shown)
    if name.lower().endswith(b".json"):
        return _plain_json(text)
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    alone = all(_KEY.fullmatch(line.strip("\"'")) for _, line in lines)
    titles = {title.casefold() for column in COLUMNS for title in (column.name, *column.titles)}
    if not lines or not alone or lines[0][1].strip("\"'").casefold() in titles:
        return None
    return [(number, line.strip("\"'")) for number, line in lines]


def _plain_json(text: str) -> list[tuple[int, str]] | None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, list) or not told or not all(isinstance(one, str) for one in told):
        return None
    return [(number, one.strip()) for number, one in enumerate(told, start=1) if one.strip()]


def _row(number: int, key: str, vin: str | None, merkekode: str | None, reason: str) -> Row:
    fault = None
    if not key:
        fault = f"Row {number} names neither a reference nor a VIN; fill in one of them."
    elif not _KEY.fullmatch(key):
        fault = f"Row {number}: what stands there is neither a reference nor a VIN; correct it and drop the row again."
    elif vin is not None and not _VIN.fullmatch(vin):
        fault = f"Row {number}: the VIN has signs that no VIN has; correct it and drop the row again."
    elif merkekode is not None and not _MAKE.fullmatch(merkekode):
        fault = f"Row {number}: merkekode is a number such as 2600; correct it and drop the row again."
    shown = key if fault is None else (display_name(key.encode("utf-8", "replace"))[:40] or "-")
    return Row(
        number=number, key=shown, vin=vin, merkekode=merkekode, reason=" ".join(reason.split())[:_LONGEST_REASON],
        fault=fault,
    )  # fmt: skip


def _number(place: str) -> int:
    found = re.search(r"\d+", place)
    return int(found.group()) if found else 0
