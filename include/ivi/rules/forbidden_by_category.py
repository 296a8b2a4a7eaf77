"""In IVI 2.0 a document holds nothing that the certificate of its category does not hold.

Source: EReg guidelines for IVI 2.0, 1.4 and 1.9, and its change overview: the checking module refuses a colour for M2.
A warning, since Statens vegvesen need not use that module. The rows, by category, are in `completeness.tsv`.
"""

from __future__ import annotations

from include.ivi.completeness import superfluous
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> list[Breach]:
    return superfluous("forbidden.by_category", document)


RULE = Rule(
    id="forbidden.by_category",
    level=Level.WARNING,
    about="Nothing is given that the category must not have, such as a colour for M2.",
    source="EReg guidelines for IVI 2.0, 1.4 and 1.9",
    look=_look,
    applies="2.0 only",
)
