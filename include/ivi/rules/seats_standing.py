"""Only buses have standing places.

Source: Regulation (EU) 2018/858, Article 4 (M1 has no room for standing passengers) and Regulation (EU) 2020/683, Annex
VIII, entry 43, which only certificates of M2 and M3 have.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.bodywork import seat_place
from include.ivi.rule import Breach, Rule

_BUSES = frozenset({"M2", "M3"})


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    category, standing = document.category or "", document.seats.standing
    if standing and category and category[:2] not in _BUSES:
        sentence = (
            f"There are {standing} standing places, and a vehicle of category {category} has none: leave them out, or "
            "correct the category."
        )
        yield Breach(seat_place(document.family, "standing"), sentence)


RULE = Rule(
    id="seats.standing",
    level=Level.WARNING,
    about="Standing places are given only for buses (M2, M3).",
    source="Regulation (EU) 2018/858, Article 4; Regulation (EU) 2020/683, Annex VIII, entry 43",
    applies="every category but M2 and M3",
    look=_look,
)
