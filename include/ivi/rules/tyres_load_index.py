"""The tyres of an axle carry what the axle may carry.

Source: UN Regulation No 142 (and UN Regulations No 30 and No 54 for the loads): two wheels an axle, four where they are
twin. Tyres may bear 15 % more when a trailer is towed or at the lower speed of a heavy vehicle, so this much is left.
Farm vehicles run so slowly that their tyres bear far more; they are left alone. Kilograms.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.axles import Axle
from include.ivi.model.tyres import Tyre, load_of
from include.ivi.rule import Breach, Rule

_KINDS = frozenset("MNOL")
_ALLOWED = 115


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if (document.category or "")[:1] not in _KINDS:
        return
    axles = document.axles
    for tyre in document.tyres:
        axle = axles[tyre.axle]
        carried = _carried(axle, tyre)
        if carried is not None and axle.max_mass is not None and carried * _ALLOWED < axle.max_mass * 100:
            sentence = (
                f"Axle {axle.number} may carry {axle.max_mass} kg, but its tyres of load index {tyre.single} carry "
                f"{carried:.0f} kg: correct the load index or the mass of the axle."
            )
            yield Breach(f"{tyre.path}/LoadCapacityIndexSingleWheel", sentence)


def _carried(axle: Axle, tyre: Tyre) -> float | None:
    """What the tyres of an axle carry together, kg. Without a mark for twin wheels, twin is what the index says."""
    twin = axle.twin is True or (axle.twin is None and tyre.twin is not None)
    index = tyre.twin if twin and tyre.twin is not None else tyre.single
    load = load_of(index) if index is not None else None
    return load * (4 if twin else 2) if load is not None else None


RULE = Rule(
    id="tyres.load_index",
    level=Level.WARNING,
    about="Load capacity index by wheels of an axle, and 15 % more, is at least the highest mass of the axle.",
    source="UN Regulations No 30, No 54 and No 142",
    applies="M, N, O, L",
    look=_look,
)
