"""An electric machine has neither cylinders nor a capacity.

Source: Regulation (EU) 2020/683, Annex VIII, entries 24 and 25, which are about combustion engines.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    electric = document.powertrain == "electric"
    for convertor in document.energy.convertors:
        if not (convertor.electric or electric):
            continue
        if convertor.capacity:
            sentence = f"An electric machine has a capacity of {convertor.capacity:g} cm³: take EngineCapacity out."
            yield Breach(convertor.place("EngineCapacity"), sentence)
        elif convertor.cylinders:
            sentence = f"An electric machine has {convertor.cylinders} cylinders: take NumberOfCylinders out."
            yield Breach(convertor.place("NumberOfCylinders"), sentence)


RULE = Rule(
    id="energy.electric_machine",
    level=Level.WARNING,
    about="An electric machine has no cylinders and no capacity.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 24 and 25",
    look=_look,
    applies="vehicles with an electric machine",
)
