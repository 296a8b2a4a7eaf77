"""CO2 and fuel consumption belong together: a litre of a fuel always makes the same CO2.

Source: plausibility, Samsvar's own. About 2.3 kg CO2 for a litre of petrol (with up to 10 % ethanol), 2.65 kg for
diesel, 1.62 kg for LPG; 15 % and rounding to either side are let pass. Other fuels are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.emission_names import Quantity
from include.ivi.rule import Breach, Rule

_KG_PER_LITRE = {"10": 2.3, "11": 2.3, "12": 2.3, "20": 2.65, "30": 1.62}
_TOLERANCE = 0.15
_ROUNDING = 2.5
_PAIRS: tuple[tuple[Quantity, Quantity], ...] = (
    ("co2", "fuel"), ("co2_sustaining", "fuel_sustaining"), ("co2_nedc", "fuel_nedc"), ("co2_type7", "fuel_type7"),
)  # fmt: skip


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    for source in document.emissions.sources:
        factor = _KG_PER_LITRE.get(source.code or "")
        if factor is None:
            continue
        for carbon, fuel in _PAIRS:
            co2 = source.cycle(carbon)
            if not co2:
                continue
            litres = source.cycle(fuel)
            for part in ("combined", "weighted"):
                grams, used = co2.get(part), litres.get(part)
                if not grams or not used:
                    continue
                expected = used * factor * 10
                if abs(grams - expected) > expected * _TOLERANCE + _ROUNDING:
                    sentence = (
                        f"{grams:g} g/km CO2 do not go with {used:g} l/100 km, which make about {expected:.0f} g/km "
                        "of this fuel: correct one of them."
                    )
                    yield Breach(co2.place(part), sentence)


RULE = Rule(
    id="emissions.co2_consumption",
    level=Level.WARNING,
    about="CO2 and fuel consumption agree for petrol, diesel and LPG.",
    source="plausibility, Samsvar's own",
    look=_look,
    applies="vehicles on petrol, diesel or LPG",
)
