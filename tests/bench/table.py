"""The measures as rows, as `.samsvar/bench.json` and as one table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One measure. `ratio` is ours against the other contestant (or the limit), the way the issue states it."""

    name: str
    ours: float | None
    other: float | None
    ratio: float | None
    unit: str
    note: str


def write(rows: Sequence[Row], path: Path) -> None:
    """The rows as JSON, for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def print_table(rows: Sequence[Row]) -> None:
    """The rows for people."""
    widths = (40, 10, 10, 8, 18)
    print()
    print("".join(f"{head:<{width}}" for head, width in zip(_HEADS, widths, strict=True)) + "note")
    for row in rows:
        cells = (row.name, _number(row.ours), _number(row.other), _number(row.ratio), row.unit)
        print("".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)) + row.note)


_HEADS = ("measure", "ours", "other", "ratio", "unit")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
