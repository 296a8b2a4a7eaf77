"""A hybrid vehicle names electricity among its energy sources.

Source: EReg guidelines for IVI 2.0, version 1.1 (a hybrid needs an EnergySource 95 group). 1.x has no code for
electricity. Fuel cell vehicles are left alone: the guidelines do not name them.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.model.energy import ELECTRICITY
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.family != "2.0":
        return
    energy = document.energy
    called = energy.hybrid_class or energy.hybrid_category
    if called is None or called.endswith("FCHV") or not energy.sources:
        return
    if all(source.code != ELECTRICITY for source in energy.sources):
        name = "ClassHybridVehicle" if energy.hybrid_class else "CategoryHybridElectricVehicle"
        sentence = (
            f"{name} says {quoted(called)}, but no energy source is 95 (electricity): add the electric machine with "
            "energy source 95, or take the class out."
        )
        yield Breach(f"CocDataGroup/{name}", sentence)


RULE = Rule(
    id="energy.hybrid_source",
    level=Level.WARNING,
    about="A hybrid vehicle has electricity among its energy sources.",
    source="EReg guidelines for IVI 2.0, version 1.1",
    look=_look,
    applies="2.0 only: hybrids",
)
