"""A page of signals as PostgreSQL's COPY takes it. All of it that needs no database is made here, off the writer's way.

Source of the format: PostgreSQL manual, COPY, text format; bytea, escape format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from include.ledger.signal_keys import Standing, standings
from include.ledger.signal_rows import SignalRow, row_of
from include.toll.polling import Page, Signal

NULL = r"\N"
STEP = 1 << 20
"""Places between two signals that were read one after the other: room for what comes between them."""


class Told(NamedTuple):
    """A signal to tell of. `before`: what an earlier one of the same page said of its consignment, and `first`: none
    did."""

    row: SignalRow
    before: str | None
    first: bool


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """A page ready to be stored: its different signals in feed order, each with its line, and the marker after it.

    And what the writer needs if all of it is new: `places` counted from the marker's, `copied` for COPY, and `told`.
    """

    rows: Sequence[SignalRow] = field(repr=False)
    lines: Mapping[str, str] = field(repr=False)
    places: Mapping[str, int] = field(repr=False)
    copied: bytes = field(repr=False)
    told: Sequence[Told] = field(repr=False)
    last_id: str | None


def ready(page: Page[Signal], endpoint: str) -> ReadyPage:
    """The page, each id once. Asks nothing of the database, so the page before may be stored meanwhile."""
    rows = {row.id: row for row in [row_of(item, endpoint) for item in page.items]}
    different = list(rows.values())
    lines = {id_: line_of(row) for id_, row in rows.items()}
    places = dict(zip(rows, range(STEP, STEP * (len(rows) + 1), STEP), strict=True))
    copied = copy_of(different, lines, standings(different), places)
    return ReadyPage(different, lines, places, copied, told_of(different), page.last_id)


def told_of(rows: Sequence[SignalRow]) -> list[Told]:
    """The signals that somebody has to hear of, if all `rows` are new."""
    said: dict[tuple[str, ...], str | None] = {}
    told = []
    for row in rows:
        key = row.key
        if row.routing != "TO_ENTRY":
            told.append(Told(row, said.get(key), key not in said))
        said[key] = row.routing
    return told


def line_of(row: SignalRow) -> str:
    """The row's columns as one line without its end."""
    texts = row[:-1]
    try:
        raw = row.raw.decode()
    except UnicodeDecodeError:
        return _escaped_line(row)
    together = "".join(filter(None, texts))  # nearly always one look tells of all of them
    if not together.isprintable() or "\\" in together or _is_special(raw):
        return _escaped_line(row)
    return "\t".join([NULL if text is None else text for text in texts]) + f"\t{raw}"


def _is_special(raw: str) -> bool:
    return "\\" in raw or "\t" in raw or "\n" in raw or "\r" in raw or "\x00" in raw


def copy_of(
    rows: Sequence[SignalRow],
    lines: Mapping[str, str],
    standing: Mapping[str, Standing],
    places: Mapping[str, int],
) -> bytes:
    """The whole lines of the rows: the place of each, what it says of its consignment if it is the last about it, and
    its line."""
    return "".join([_whole(places[row.id], standing.get(row.id), places, lines[row.id]) for row in rows]).encode()


def _whole(place: int, standing: Standing | None, places: Mapping[str, int], line: str) -> str:
    if standing is None:
        return f"{place}\t{NULL}\t{NULL}\t{line}\n"
    lasts = NULL
    if standing.lasts is not None:
        placed = {name: (routing, places[id_]) for name, (routing, id_) in standing.lasts.items()}
        lasts = escaped(orjson.dumps(placed).decode())
    return f"{place}\t{standing.counted}\t{lasts}\t{line}\n"


def escaped(text: str) -> str:
    """The text as a column of COPY."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _escaped_line(row: SignalRow) -> str:
    texts = "\t".join([NULL if text is None else escaped(text) for text in row[:-1]])
    return f"{texts}\t\\\\x{row.raw.hex()}"
