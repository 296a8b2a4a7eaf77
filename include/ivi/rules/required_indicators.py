"""In IVI 2.0 an indicator that the category has is there with Y or N.

Source: EReg guidelines for IVI 2.0, 1.13, and its change overview: the checking module asks for N too, such as for a
petrol car that is not purely electric. The rows, by category, are in `completeness.tsv`.
"""

from __future__ import annotations

from include.ivi.completeness import missing
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> list[Breach]:
    return missing("required.indicators", document)


RULE = Rule(
    id="required.indicators",
    level=Level.WARNING,
    about="Indicators of the category are given, with N as well as with Y.",
    source="EReg guidelines for IVI 2.0, 1.13",
    look=_look,
    applies="M, N; 2.0 only",
)
