"""A complete vehicle states its masses: in running order, actual, highest laden, and of each axle.

Source: Regulation (EU) 2020/683, Annex VIII, entries 13, 13.2, 16.1 and 16.2, and the specimens of EReg for L. A range
will do for agricultural vehicles. The rows, by category, are in `completeness.tsv`.
"""

from __future__ import annotations

from include.ivi.completeness import missing
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> list[Breach]:
    return missing("required.masses", document)


RULE = Rule(
    id="required.masses",
    level=Level.WARNING,
    about="Mass in running order, actual mass, laden mass and axle masses are given where the category has them.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 13 and 16",
    look=_look,
    applies="complete vehicles with a category",
)
