"""A vehicle is not purely electric and a hybrid at once.

Source: Regulation (EU) 2020/683, Annex VIII, entries 23 and 23.1, which exclude each other by their words.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    energy = document.energy
    if energy.pure_electric is not True:
        return
    if energy.hybrid_class is not None and not energy.hybrid_class.endswith("FCHV"):
        hybrid = f"its hybrid class is {energy.hybrid_class}"
    elif energy.hybrid_category is not None:
        hybrid = f"its hybrid category is {energy.hybrid_category}"
    elif energy.hybrid:
        hybrid = "its hybrid indicator is Y"
    else:
        return
    yield Breach(document.path("pure_electric"), f"The vehicle is called purely electric, but {hybrid}: correct one.")


RULE = Rule(
    id="energy.hybrid_or_pure",
    level=Level.WARNING,
    about="A vehicle is purely electric or a hybrid, not both.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 23 and 23.1",
    look=_look,
    applies="documents with a pure electric indicator",
)
