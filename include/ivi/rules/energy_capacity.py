"""The capacity of a combustion engine is in cm³ and fits the number of its cylinders.

Source: plausibility, Samsvar's own (Regulation (EU) 2020/683, Annex VIII, entries 24 and 25, names the unit). One
cylinder of a road vehicle or tractor holds between 20 and 4,500 cm³; litres in this place are the usual mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_SMALLEST = 20.0
_LARGEST = 4500.0


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    for convertor in document.energy.convertors:
        capacity = convertor.capacity
        if not capacity or convertor.electric:
            continue
        cylinders = convertor.cylinders or 1
        place = convertor.place("EngineCapacity")
        if capacity < _SMALLEST:
            yield Breach(place, f"The engine capacity is given as {capacity:g}: write it in cm³, not in litres.")
        elif capacity / cylinders < _SMALLEST or (convertor.cylinders and capacity / cylinders > _LARGEST):
            sentence = (
                f"A capacity of {capacity:g} cm³ does not go with {cylinders} cylinder{'s' * (cylinders > 1)}: correct "
                "one of them."
            )
            yield Breach(place, sentence)


RULE = Rule(
    id="energy.capacity",
    level=Level.WARNING,
    about="Engine capacity is in cm³ and fits the number of cylinders.",
    source="plausibility, Samsvar's own",
    look=_look,
    applies="vehicles with a combustion engine",
)
