"""A document names the make, the manufacturer, the approval date and the date of signature.

Source: Regulation (EU) 2020/683, Annex VIII, entries 0.1 and 0.5, and EReg's change overview for IVI 2.0, whose schema
demands them. 1.x demands none. The rows are in `completeness.tsv`.
"""

from __future__ import annotations

from include.ivi.completeness import missing
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> list[Breach]:
    return missing("required.identity", document)


RULE = Rule(
    id="required.identity",
    level=Level.WARNING,
    about="Make, manufacturer, approval date and date of signature are filled in.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 0.1 and 0.5",
    look=_look,
    applies="complete vehicles, 1.x only",
)
