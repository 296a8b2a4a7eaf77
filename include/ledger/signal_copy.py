"""A page of signals as PostgreSQL's COPY takes it. All of it that needs no database is made here, off the writer's way.

Source of the format: PostgreSQL manual, COPY, text format; bytea, escape format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import orjson

from include.ledger.signal_keys import Standing, standings
from include.ledger.signal_rows import SignalRow, row_of
from include.toll.polling import Page, Signal

NULL = r"\N"
_iso = lru_cache(maxsize=4096)(datetime.isoformat)  # the houses of one arrival share their times


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """A page ready to be stored: its different signals in feed order, each with its line, what they say of each
    consignment if all of them are new, and the marker after the page."""

    rows: Sequence[SignalRow] = field(repr=False)
    lines: dict[str, str] = field(repr=False)
    standing: dict[str, Standing] = field(repr=False)
    last_id: str | None


def ready(page: Page[Signal], endpoint: str) -> ReadyPage:
    """The page, each id once. Asks nothing of the database, so the page before may be stored meanwhile."""
    rows = {row.id: row for row in [row_of(item, endpoint) for item in page.items]}
    different = list(rows.values())
    lines = {id_: line_of(row) for id_, row in rows.items()}
    return ReadyPage(different, lines, standings(different), page.last_id)


def line_of(row: SignalRow) -> str:
    """The row's columns as one line without its end."""
    try:
        line = "\t".join([value if value.__class__ is str else _plain(value) for value in row])
    except UnicodeDecodeError:
        return _escaped_line(row)
    nothing_special = (
        line.count("\\") == row.count(None)  # those of NULL only
        and line.count("\t") == len(row) - 1
        and "\n" not in line
        and "\r" not in line
        and "\x00" not in line
    )
    return line if nothing_special else _escaped_line(row)


def copy_of(row: SignalRow, line: str, standing: Standing | None, places: Mapping[str, int]) -> str:
    """The whole line of a row: its place, what it says of its consignment if it is the last about it, and `line`."""
    if standing is None:
        return f"{places[row.id]}\t{NULL}\t{NULL}\t{line}\n"
    lasts = NULL
    if standing.lasts is not None:
        placed = {name: (routing, places[id_]) for name, (routing, id_) in standing.lasts.items()}
        lasts = escaped(orjson.dumps(placed).decode())
    return f"{places[row.id]}\t{standing.counted}\t{lasts}\t{line}\n"


def escaped(text: str) -> str:
    """The text as a column of COPY."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _plain(value: str | datetime | bytes | None) -> str:
    """The column of a value that holds nothing to escape."""
    if value is None:
        return NULL
    if isinstance(value, bytes):
        return value.decode()
    return value if isinstance(value, str) else _iso(value)


def _escaped_line(row: SignalRow) -> str:
    return "\t".join(
        f"\\\\x{value.hex()}" if isinstance(value, bytes) else NULL if value is None else escaped(_plain(value))
        for value in row
    )
