"""A car or van that is charged from outside has an electric range.

Source: Regulation (EU) 2020/683, Annex VIII, entry 49 (electric range of pure electric and off-vehicle charging hybrid
vehicles). Kilometres; the range by NEDC will do for older vehicles.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_WANTED = {"electric": ("pure", "purely electric"), "plug-in": ("equivalent", "charged from outside (a plug-in)")}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if (document.category or "")[:2] not in ("M1", "N1") or document.stage not in (None, "C"):
        return
    wanted = _WANTED.get(document.powertrain)
    sources = document.emissions.sources
    if wanted is None or not sources:
        return
    if any(any(source.electric_range.given.values()) or source.electric_range_nedc for source in sources):
        return
    place = sources[-1].electric_range.place(wanted[0])
    element = place.rpartition("/")[2]
    yield Breach(place, f"The vehicle is {wanted[1]}, but no electric range is given: fill in {element}, in km.")


RULE = Rule(
    id="energy.electric_range",
    level=Level.WARNING,
    about="A pure electric or plug-in car or van has an electric range.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 49",
    look=_look,
    applies="M1, N1; electric and plug-in",
)
