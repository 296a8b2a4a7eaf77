"""The doors on each side add up to the number of doors.

Source: Regulation (EU) 2020/683, Annex VIII, entry 41. Some makers count a back door, so both sums
are fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    doors = document.doors
    if doors.number is None or doors.without_back is None or doors.with_back is None:
        return
    if doors.number not in (doors.without_back, doors.with_back):
        sentence = f"NumberOfDoors says {doors.number}, but the sides add up to {doors.with_back}: correct one of them."
        yield Breach(document.path("number_of_doors"), sentence)


RULE = Rule(
    id="doors.sides",
    level=Level.WARNING,
    about="Doors by side, with or without the back, add up to NumberOfDoors.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 41",
    look=_look,
    applies="documents with doors by side",
)
