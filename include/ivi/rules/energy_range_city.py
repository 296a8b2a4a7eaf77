"""The electric range in the city is not shorter than that of the whole cycle.

Source: plausibility, Samsvar's own. Electric vehicles use less in the slow phases that make up the city cycle of WLTP
(Regulation (EU) 2017/1151, Annex XXI). Where city is the shorter one, the two are usually swapped.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_KINDS = (("pure", "pure_city"), ("equivalent", "equivalent_city"), ("all_electric", "all_electric_city"))


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.powertrain not in ("electric", "plug-in"):
        return
    for source in document.emissions.sources:
        reach = source.electric_range
        for whole, city in _KINDS:
            whole_km, city_km = reach.get(whole), reach.get(city)
            if whole_km and city_km and city_km < whole_km:
                sentence = (
                    f"The electric range in the city ({city_km:g} km) is shorter than that of the whole cycle "
                    f"({whole_km:g} km): see whether the two are swapped."
                )
                yield Breach(reach.place(city), sentence)


RULE = Rule(
    id="energy.range_city",
    level=Level.INFO,
    about="Electric range in the city >= electric range of the whole cycle.",
    source="plausibility, Samsvar's own",
    look=_look,
    applies="electric and plug-in",
)
