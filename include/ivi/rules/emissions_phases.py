"""The figure of the whole cycle lies between the lowest and the highest of its phases.

Source: plausibility, Samsvar's own. The whole is a mean of its phases (Regulation (EU) 2017/1151, Annex XXI), so it
cannot lie outside them but for rounding.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.emission_names import Quantity
from include.ivi.rule import Breach, Rule

_ROUNDING: tuple[tuple[Quantity, float, str], ...] = (
    ("co2", 1.0, "CO2 (g/km)"),
    ("co2_sustaining", 1.0, "CO2 with an empty battery (g/km)"),
    ("co2_nedc", 1.0, "CO2 by NEDC (g/km)"),
    ("fuel", 0.1, "Fuel consumption (l/100 km)"),
    ("fuel_sustaining", 0.1, "Fuel consumption with an empty battery (l/100 km)"),
    ("fuel_nedc", 0.1, "Fuel consumption by NEDC (l/100 km)"),
    ("electricity", 1.0, "Electric energy consumption (Wh/km)"),
)


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    for source in document.emissions.sources:
        for quantity, rounding, name in _ROUNDING:
            cycle = source.cycle(quantity)
            if len(cycle.given) < 2 or not cycle.combined:
                continue
            phases = cycle.phases
            if len(phases) < 2:
                continue
            low, high = min(phases), max(phases)
            if not low - rounding <= cycle.combined <= high + rounding:
                sentence = (
                    f"{name}: the whole cycle has {cycle.combined:g}, but its phases lie between {low:g} and {high:g}: "
                    "correct one of them."
                )
                yield Breach(cycle.place("combined"), sentence)


RULE = Rule(
    id="emissions.phases",
    level=Level.WARNING,
    about="Lowest phase <= combined <= highest phase, for CO2, fuel and electricity.",
    source="plausibility, Samsvar's own",
    look=_look,
    applies="vehicles with WLTP or NEDC phases",
)
