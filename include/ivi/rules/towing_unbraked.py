"""A trailer without brakes weighs at most 750 kg, half the towing car, and what a braked one may weigh.

Source: Regulation (EU) No 1230/2012, Annex I, part A (now Regulation (EU) 2021/535, Annex XIII): without a service
brake at most 750 kg, and behind M1 and N1 at most half the mass in running order. Kilograms; makers round to 10.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.towing import UNBRAKED
from include.ivi.rule import Breach, Rule

_KINDS = frozenset("MN")
_LIGHT = frozenset({"M1", "N1"})
_MOST = 750
_ROUNDED = 10


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    category = document.category or ""
    if category[:1] not in _KINDS:
        return
    braked, running = document.coupling.braked, document.masses.running_order
    for one in document.coupling.towable:
        if one.braking != UNBRAKED:
            continue
        if one.mass > _MOST:
            reason = f"and without brakes at most {_MOST} kg may be towed"
        elif category[:2] in _LIGHT and running is not None and 2 * (one.mass - _ROUNDED) > running:
            reason = f"more than half the mass in running order ({running} kg)"
        elif braked is not None and one.mass > braked:
            reason = f"more than with brakes ({braked} kg)"
        else:
            continue
        yield Breach(one.path, f"The towable mass without brakes is {one.mass} kg, {reason}: correct it.")


RULE = Rule(
    id="towing.unbraked",
    level=Level.WARNING,
    about="Unbraked towable mass <= 750 kg, <= half the mass in running order (M1, N1) and <= the braked one.",
    source="Regulation (EU) No 1230/2012, Annex I, part A; Regulation (EU) 2021/535, Annex XIII",
    applies="M, N",
    look=_look,
)
