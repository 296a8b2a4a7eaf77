"""The size of a tyre is written as it stands on the tyre, such as 205/55 R16.

Source: ISO 4000-1 and UN Regulations No 30, No 54, No 75 and No 106: width, height, build (R, D, B or a hyphen) and
diameter of the rim. Only the beginning is looked at, since load and speed often follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_FORM = re.compile(
    r"(?:[A-Z]{1,3} ?)?\d{1,3}(?:[.,]\d{1,2})?(?: ?[/X] ?\d{1,3}(?:[.,]\d{1,2})?)?"
    r" ?(?:-|[A-Z]{1,3}) ?\d{1,3}(?!\d)"
)
_LONGEST = 32
"""The form ends before this many characters, whatever follows."""
_MOST_TOLD = 3


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    told: set[str] = set()
    for tyre in document.tyres:
        size = tyre.size
        if size is None or size in told or _is_usual(size[:_LONGEST]):
            continue
        told.add(size)
        sentence = f"The tyre size {quoted(size)} is not written like 205/55 R16 or 120/70-14: write it as on the tyre."
        yield Breach(f"{tyre.path}/TyreSize", sentence)
        if len(told) >= _MOST_TOLD:
            return


@lru_cache(maxsize=1024)
def _is_usual(size: str) -> bool:
    """Kept, since many vehicles have tyres of one size."""
    return _FORM.match(size.upper()) is not None


RULE = Rule(
    id="tyres.size",
    level=Level.WARNING,
    about="A tyre size holds width, build and rim diameter in the usual form.",
    source="ISO 4000-1; UN Regulations No 30, No 54, No 75 and No 106",
    look=_look,
)
