"""The net power of an engine is a number of kilowatts that an engine of its category and size can have.

Source: Regulation (EU) No 168/2013, Annex I, for the highest power of the categories L1e, L2e, L3e, L6e and L7e (kW);
else plausibility, Samsvar's own: horsepower and watts are what usually stands there by mistake. Electric machines of
category L are left alone: their limit is on the continuous rated power, not on the net power.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.energy import Convertor
from include.ivi.rule import Breach, Rule

_HIGHEST_L = {
    "L1e-A": 1, "L1e-B": 4, "L2e": 4, "L3e-A1": 11, "L3e-A2": 35, "L6e-A": 4, "L6e-B": 6, "L7e-A": 15, "L7e-B": 15,
    "L7e-C": 15,
}  # fmt: skip
_HIGHEST = 1600.0
_HIGHEST_PER_LITRE = 300.0
_LOWEST_PER_LITRE = 4.0
_ROUNDING = 0.1


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    category = document.category or ""
    highest = None
    if category.startswith("L"):
        highest = next((most for kind, most in _HIGHEST_L.items() if category.startswith(kind)), None)
    for convertor in document.energy.convertors:
        for source in convertor.sources:
            power = source.net_power
            if power is None or (convertor.electric and not power):
                continue
            trouble = _trouble(power, convertor, highest, category)
            if trouble is not None:
                yield Breach(source.net_power_place, f"The maximum net power is given as {power:g} kW, {trouble}.")


def _trouble(power: float, convertor: Convertor, highest: int | None, category: str) -> str | None:
    if not power:
        return "but an engine has some power: fill it in"
    if power > _HIGHEST:
        return "more than any road vehicle has: write kilowatts, not watts"
    if convertor.electric:
        return None
    if highest is not None and power > highest + _ROUNDING:
        return f"and category {category} ends at {highest} kW: write kilowatts, not horsepower, or correct the category"
    if not convertor.capacity:
        return None
    per_litre = power / convertor.capacity * 1000
    if _LOWEST_PER_LITRE <= per_litre <= _HIGHEST_PER_LITRE or convertor.capacity < 20:
        return None
    return f"which does not go with a capacity of {convertor.capacity:g} cm³: correct one of them"


RULE = Rule(
    id="energy.power",
    level=Level.WARNING,
    about="Net power is in kW and fits category and capacity.",
    source="Regulation (EU) No 168/2013, Annex I, for category L; else plausibility, Samsvar's own",
    look=_look,
    applies="vehicles with an engine",
)
