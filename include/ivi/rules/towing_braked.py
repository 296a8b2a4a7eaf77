"""A car or van tows at most 3,500 kg, and at most one and a half times what it weighs laden.

Source: Regulation (EU) No 1230/2012, Annex I, part A (now Regulation (EU) 2021/535, Annex XIII): at most 3,500 kg and
at most the laden mass, one and a half times for off-road vehicles. Documents do not always give the off-road mark, so
the higher limit is asked of all. Kilograms.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.towing import UNBRAKED
from include.ivi.rule import Breach, Rule

_LIGHT = frozenset({"M1", "N1"})
_MOST = 3500


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if (document.category or "")[:2] not in _LIGHT:
        return
    laden = document.masses.max_laden
    for one in document.coupling.towable:
        if one.braking == UNBRAKED:
            continue
        if one.mass > _MOST:
            reason = f"and a car or van tows at most {_MOST:,} kg"
        elif laden is not None and one.mass > laden * 1.5:
            reason = f"more than one and a half times the laden vehicle ({laden} kg)"
        else:
            continue
        yield Breach(one.path, f"The towable mass is {one.mass} kg, {reason}: correct it.")


RULE = Rule(
    id="towing.braked",
    level=Level.WARNING,
    about="Towable mass <= 3,500 kg and <= 1.5 times the highest laden mass.",
    source="Regulation (EU) No 1230/2012, Annex I, part A; Regulation (EU) 2021/535, Annex XIII",
    applies="M1, N1",
    look=_look,
)
