"""What a check needs to know besides the bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .finding import Level
from .reading import MAX_BYTES


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Circumstances of one check.

    `file_name` is shown to nobody; it is only searched for an identification number. `levels` are a party's own levels
    by rule id (`off` silences a rule); safety refusals (`file.…`, `xml.…`, `ivi.…`) cannot be changed.
    """

    environment: Literal["test", "prod"] = "test"
    file_name: str | None = None
    today: date = field(default_factory=date.today)
    levels: Mapping[str, Level | Literal["off"]] = field(default_factory=dict)
    max_bytes: int = MAX_BYTES
