"""A car, van or lorry has between one and eight doors.

Source: Samsvar's own; Regulation (EU) 2020/683, Annex VIII, entry 41, asks for the number and sets no limit. For
information only: open sports cars have no door at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_KINDS = frozenset({"M1", "N1", "N2", "N3"})
_MOST = 8


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    number = document.doors.number
    if (document.category or "")[:2] in _KINDS and number is not None and not 1 <= number <= _MOST:
        sentence = f"NumberOfDoors says {number}, where 1 to {_MOST} are usual: check the number."
        yield Breach(document.path("number_of_doors"), sentence)


RULE = Rule(
    id="doors.number",
    level=Level.INFO,
    about="The number of doors is 1 to 8.",
    source="Samsvar; Regulation (EU) 2020/683, Annex VIII, entry 41",
    applies="M1, N",
    look=_look,
)
