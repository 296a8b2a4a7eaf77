"""Wheelbase and overhang fit into the length of the vehicle.

Source: Regulation (EU) 2020/683, Annex VIII, entries 4, 5 and 12. Only for cars, buses and goods vehicles, whose axles
both stand below the vehicle. Millimetres.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.dimensions import dimension_place
from include.ivi.rule import Breach, Rule

_KINDS = frozenset("MN")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    dimensions = document.dimensions
    wheelbase, length, overhang = dimensions.wheelbase, dimensions.length, dimensions.rear_overhang or 0
    if (document.category or "")[:1] not in _KINDS or wheelbase is None or length is None:
        return
    if wheelbase >= length:
        sentence = f"The wheelbase ({wheelbase} mm) is not shorter than the vehicle ({length} mm): correct one of them."
        yield Breach(dimension_place(document.family, "wheelbase"), sentence)
    elif wheelbase + overhang > length:
        sentence = (
            f"Wheelbase ({wheelbase} mm) and rear overhang ({overhang} mm) are longer than the vehicle ({length} mm): "
            "correct one of them."
        )
        yield Breach(dimension_place(document.family, "rear_overhang"), sentence)


RULE = Rule(
    id="dimensions.wheelbase",
    level=Level.WARNING,
    about="The wheelbase is shorter than the vehicle, also together with the rear overhang.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 4, 5 and 12",
    applies="M, N",
    look=_look,
)
