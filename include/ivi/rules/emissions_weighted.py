"""Weighted figures belong to plug-ins, and are not above the figure without the battery's help.

Source: Regulation (EU) 2017/1151, Annex XXI, Sub-Annex 8: the weighted figure is a mean of driving with a charged and
an empty battery, so it is at most the one with an empty battery. Other vehicles have none; 0 is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.emission_names import Quantity
from include.ivi.model.emissions import SourceEmissions
from include.ivi.rule import Breach, Rule

_ROUNDING = 1.0
_QUANTITIES: tuple[tuple[Quantity, Quantity | None, str, str], ...] = (
    ("co2", "co2_sustaining", "CO2", "g/km"),
    ("fuel", "fuel_sustaining", "fuel consumption", "l/100 km"),
    ("co2_nedc", None, "CO2 (NEDC)", "g/km"),
    ("fuel_nedc", None, "fuel consumption (NEDC)", "l/100 km"),
)


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.powertrain in ("none", "unknown"):
        return
    plug_in = document.powertrain == "plug-in"
    for source in document.emissions.sources:
        for quantity, sustaining, name, unit in _QUANTITIES:
            weighted = source.cycle(quantity).weighted
            if not weighted:
                continue
            said = f"The weighted {name} is {weighted:g} {unit}"
            place = source.cycle(quantity).place("weighted")
            if not plug_in:
                advice = "take it out, or say that the vehicle is charged from outside"
                yield Breach(place, f"{said}, but only plug-ins have one: {advice}.")
                continue
            most = _without_help(source, quantity, sustaining)
            if most is not None and weighted > most + _ROUNDING:
                yield Breach(place, f"{said}, more than without help of the battery ({most:g}): correct one of them.")


def _without_help(source: SourceEmissions, quantity: Quantity, sustaining: Quantity | None) -> float | None:
    found = [source.cycle(quantity).combined, source.cycle(sustaining).combined if sustaining else None]
    return max((figure for figure in found if figure), default=None)


RULE = Rule(
    id="emissions.weighted",
    level=Level.WARNING,
    about="Weighted CO2 and consumption: plug-ins only, and at most the figure with an empty battery.",
    source="Regulation (EU) 2017/1151, Annex XXI, Sub-Annex 8",
    look=_look,
    applies="vehicles with an engine",
)
