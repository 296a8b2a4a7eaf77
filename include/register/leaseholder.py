"""Who leases a vehicle according to the register, as a keyed hash: the number itself never leaves this module.

Where the register shows a leaseholder is published nowhere. A setting of the connection (`leaseholder_path`) says it;
blank, nothing is read, and what depends on it is decided by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from include.register.record import FILLERS, NOBODY

Mark = Callable[[Literal["person", "organisation"], str], str]
"""Makes the keyed hash of a number."""

_DEEPEST = 4
_KINDS: dict[str, tuple[Literal["person", "organisation"], int]] = {
    "fodselsnummer": ("person", 11),
    "organisasjonsnummer": ("organisation", 9),
}


@dataclass(frozen=True, slots=True)
class LeaseholderReader:
    """Reads the leaseholder below `path` (property names with dots between them) of one `Kjoretoy`."""

    path: str
    mark: Mark = field(repr=False)

    def read(self, row: Any) -> str | None:
        """The keyed hash; NOBODY where the place is there and empty; None where nothing can be read from it."""
        place = row
        for name in self.path.split("."):
            if not isinstance(place, dict) or name not in place:
                return None
            place = place[name]
        if place in (None, [], {}):
            return NOBODY
        found = set(_numbers(place, 0))
        if len(found) != 1:
            return None
        kind, number = found.pop()
        return self.mark(kind, number)


def _numbers(value: Any, depth: int) -> Iterator[tuple[Literal["person", "organisation"], str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one, depth + 1)
    elif isinstance(value, dict):
        for name, inner in value.items():
            wanted = _KINDS.get(name.casefold())
            if wanted is None:
                yield from _numbers(inner, depth + 1)
            elif str(inner).strip() not in FILLERS:
                digits = "".join(str(inner).split())
                if len(digits) == wanted[1] and digits.isascii() and digits.isdigit():
                    yield wanted[0], digits
