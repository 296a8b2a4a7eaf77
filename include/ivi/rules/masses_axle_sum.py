"""The axles together carry at least the highest laden mass.

Source: Regulation (EU) 2020/683, Annex VIII, entries 16.1 and 16.2. Trailers (O, R, S) are left alone, since part of
their mass rests on the towing vehicle. Kilograms.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_PARTLY_CARRIED = frozenset("ORS")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    laden = document.masses.max_laden
    masses = [axle.max_mass for axle in document.axles if axle.max_mass is not None]
    if laden is None or not masses or len(masses) < len(document.axles):
        return
    if (document.category or "")[:1] not in _PARTLY_CARRIED and sum(masses) < laden:
        sentence = (
            f"The axles together may carry {sum(masses)} kg, less than the highest laden mass of {laden} kg: correct "
            "the axle masses or the laden mass."
        )
        yield Breach(document.path("max_laden_mass"), sentence)


RULE = Rule(
    id="masses.axle_sum",
    level=Level.WARNING,
    about="The sum of the highest axle masses is at least the highest laden mass (not for trailers).",
    source="Regulation (EU) 2020/683, Annex VIII, entries 16.1 and 16.2",
    look=_look,
    applies="all but trailers (O, R, S), axle masses given",
)
