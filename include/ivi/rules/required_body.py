"""A complete vehicle states its bodywork, and a car its colour, doors and seats.

Source: Regulation (EU) 2020/683, Annex VIII, entries 38, 40, 41 and 42. A special purpose stands for the bodywork. The
rows, by category, are in `completeness.tsv`.
"""

from __future__ import annotations

from include.ivi.completeness import missing
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> list[Breach]:
    return missing("required.body", document)


RULE = Rule(
    id="required.body",
    level=Level.WARNING,
    about="Bodywork, colour, doors and seats are given where the category has them.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 38 to 42",
    look=_look,
    applies="M, N, O",
)
