"""What comes out of a presentation file: rows as they were given, and why a file or a row cannot be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.presentation.sentences import sentences


class FileRefused(Exception):
    """Nothing of the file can be used. `told` has `rule_id`, and the sentence in `nb` and `en`."""

    def __init__(self, rule_id: str, **words: object) -> None:
        self.told: Mapping[str, str] = {"rule_id": rule_id, **sentences(rule_id, words)}
        super().__init__(self.told["en"])


def remark(rule_id: str, field_name: str, **words: object) -> dict[str, Any]:
    """A reason why one row cannot be presented, in both languages."""
    return {"level": "error", "rule_id": rule_id, "field": field_name, **sentences(rule_id, words)}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRow:
    """One row: its number as a spreadsheet shows it (in JSON: which element), its cells by column name, its faults."""

    row_no: int
    cells: Mapping[str, str] = field(repr=False)
    faults: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one file holds. `office` is named once for all of its rows, None where each row names its own."""

    rows: Sequence[GivenRow]
    office: str | None = None
