"""A complete vehicle states its axles, wheels, wheelbase, length, width and height.

Source: Regulation (EU) 2020/683, Annex VIII, entries 1 and 4 to 7, and the specimens of EReg for L; EReg's change
overview expects both groups of IVI 2.0, although its schema does not. The rows, by category, are in
`completeness.tsv`.
"""

from __future__ import annotations

from include.ivi.completeness import missing
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> list[Breach]:
    return missing("required.dimensions", document)


RULE = Rule(
    id="required.dimensions",
    level=Level.WARNING,
    about="Axles, wheels, wheelbase, length, width and height are given where the category has them.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 1 and 4 to 7",
    look=_look,
    applies="complete vehicles with a category",
)
