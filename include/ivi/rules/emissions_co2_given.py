"""A car or van with a combustion engine has a CO2 figure for the whole cycle.

Source: Regulation (EU) 2020/683, Annex VIII, entry 49 (CO2, combined; weighted for plug-ins). In 1.x the NEDC figure
will do: whether WLTP was due is a rule of its own. Complete vehicles only; hydrogen burns without CO2.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.emission_names import Quantity
from include.ivi.rule import Breach, Rule

_HYDROGEN = "50"
_CO2: tuple[Quantity, ...] = ("co2", "co2_sustaining", "co2_nedc")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if (document.category or "")[:2] not in ("M1", "N1") or document.stage not in (None, "C"):
        return
    if document.powertrain not in ("petrol", "diesel", "gas", "hybrid", "plug-in"):
        return
    burning = [source for source in document.emissions.sources if source.code in document.energy.fuels]
    if not burning or all(source.code == _HYDROGEN for source in burning):
        return
    cycles = [source.cycle(quantity) for source in document.emissions.sources for quantity in _CO2]
    if any(cycle.combined or cycle.weighted for cycle in cycles):
        return
    place = burning[0].co2.place("weighted" if document.powertrain == "plug-in" else "combined")
    element = place.rpartition("/")[2]
    yield Breach(place, f"The vehicle burns fuel, but no combined CO2 figure is given: fill in {element}, in g/km.")


RULE = Rule(
    id="emissions.co2_given",
    level=Level.WARNING,
    about="A car or van that burns fuel has a combined CO2 figure.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 49",
    look=_look,
    applies="M1, N1 with a combustion engine; complete vehicles",
)
