"""The vehicle category is there.

Source: Regulation (EU) 2020/683, Annex VIII, entry 0.4. IVI 2.0 demands it by schema; 1.x does not, and then neither
the authority nor our own rules can tell what the document should hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.category is None and document.family == "1.x":
        sentence = "VehicleCategoryCode is missing: fill in the category of the vehicle, such as M1."
        yield Breach(document.path("category"), sentence)


RULE = Rule(
    id="category.given",
    level=Level.WARNING,
    about="The vehicle category is filled in.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 0.4",
    look=_look,
    applies="1.x only",
)
