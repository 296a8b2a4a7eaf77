"""By what a vehicle can be asked for, and when an answer is about the vehicle that was asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from include.register.record import VehicleRecord, plain_id, plain_plate

# A wildcard would ask for other vehicles; a control character or a path part would ask for something else altogether.
_ASKABLE = re.compile(r"[0-9A-ZÆØÅÄÖÜ][0-9A-ZÆØÅÄÖÜ./+-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """One key of the register. `field` is its name in the interface, `longest` its highest number of characters."""

    field: str
    longest: int
    plain: Callable[[str], str]
    of: Callable[[VehicleRecord], frozenset[str]]

    def askable(self, text: str) -> bool:
        """False for what the register would misread: blank, too long, wildcards, control characters."""
        plain = self.plain(text)
        if any(ord(character) < 32 for character in text):
            return False
        return 0 < len(plain) <= self.longest and _ASKABLE.fullmatch(plain) is not None and ".." not in plain


def _one(plain: Callable[[str], str], *values: str | None) -> frozenset[str]:
    return frozenset(plain(value) for value in values if value)


VIN = Kind("understellsnummer", 19, plain_id, lambda known: _one(plain_id, known.understellsnummer))
PLATE = Kind("kjennemerke", 7, plain_plate, lambda known: _one(plain_plate, known.kjennemerke, *known.kjennemerker))
KUID = Kind("kuid", 36, plain_id, lambda known: _one(plain_id, known.kuid))
