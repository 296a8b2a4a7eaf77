"""A pure electric vehicle emits no CO2 and uses no fuel.

Source: Regulation (EU) 2020/683, Annex VIII, entry 49; CO2 is measured at the exhaust. A figure of 0 is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.emission_names import Quantity
from include.ivi.rule import Breach, Rule

_FIGURES: tuple[tuple[Quantity, str], ...] = (
    ("co2", "CO2 emissions of {} g/km"),
    ("co2_sustaining", "CO2 emissions of {} g/km"),
    ("co2_nedc", "CO2 emissions of {} g/km"),
    ("fuel", "a fuel consumption of {} l/100 km"),
    ("fuel_nedc", "a fuel consumption of {} l/100 km"),
)


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.powertrain != "electric":
        return
    for source in document.emissions.sources:
        for quantity, words in _FIGURES:
            cycle = source.cycle(quantity)
            part = next((part for part, figure in cycle.given.items() if figure), None)
            if part is not None:
                said = words.format(f"{cycle.given[part]:g}")
                yield Breach(
                    cycle.place(part), f"A purely electric vehicle has {said}: take the figure out or write 0."
                )


RULE = Rule(
    id="emissions.electric",
    level=Level.WARNING,
    about="A pure electric vehicle has no CO2 emissions and no fuel consumption.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 49",
    look=_look,
    applies="electric",
)
