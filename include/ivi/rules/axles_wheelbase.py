"""The distances between the axles agree with the wheelbase.

Source: Regulation (EU) 2020/683, Annex VIII, entries 4 and 4.1. For information only: the sample that EReg itself
publishes differs by 50 mm. Documents from templates carry axles the vehicle has not got, so the first distance may be
the wheelbase as well as their sum. Trailers measure the wheelbase from the coupling. Millimetres.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.dimensions import dimension_place
from include.ivi.rule import Breach, Rule

_FROM_COUPLING = frozenset("ORS")
_ROUNDED = 10


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    wheelbase = document.dimensions.wheelbase
    if wheelbase is None or (document.category or "")[:1] in _FROM_COUPLING:
        return
    spacings = [axle.spacing for axle in document.axles if axle.spacing]
    if not spacings or len(spacings) < len(document.axles) - 1:
        return
    if abs(spacings[0] - wheelbase) > _ROUNDED and abs(sum(spacings) - wheelbase) > _ROUNDED:
        sentence = f"The axles stand {sum(spacings)} mm apart, but the wheelbase is {wheelbase} mm: check both."
        yield Breach(dimension_place(document.family, "wheelbase"), sentence)


RULE = Rule(
    id="axles.wheelbase",
    level=Level.INFO,
    about="The axle spacings add up to the wheelbase, or the first of them is the wheelbase, within 10 mm.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 4 and 4.1",
    applies="M, N, L, T, C",
    look=_look,
)
