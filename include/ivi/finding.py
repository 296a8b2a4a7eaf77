"""What a check says: one finding is one plain sentence about one place in one document."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Family = Literal["1.x", "2.0"]
"""The two living IVI families: 1.1 to 1.11 without a namespace, and 2.0."""

_LONGEST_QUOTE = 60


class Level(StrEnum):
    """ERROR: the document is not sent. WARNING and INFO: it is sent, and the importer is told."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found.

    `path` is the IVI path below the root (`Body/CocDataGroup/AxleTable/AxleGroup[2]/AxleTrack`), empty for the whole
    file. `coc_entry` is the entry of the certificate of conformity, in the numbering of Regulation (EU) 2020/683.
    """

    rule_id: str
    level: Level
    path: str
    coc_entry: str | None
    sentence: str


def quoted(value: str) -> str:
    """`value` in single quotes, short and harmless: hidden characters are written as U+XXXX.

    Documents come from outside, and findings end in logs, tables and mails.
    """
    shown = value if len(value) <= _LONGEST_QUOTE else f"{value[:_LONGEST_QUOTE]}…"
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in shown)
    return f"'{shown}'"


def hidden_characters(value: str) -> list[str]:
    """Characters of `value` that nobody sees on a screen: controls, direction marks, zero width (as U+XXXX)."""
    if value.isascii() and value.isprintable():
        return []
    return [
        f"U+{ord(char):04X}" for char in value if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    ]
