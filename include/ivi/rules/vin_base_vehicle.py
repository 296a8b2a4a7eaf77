"""The number of the base vehicle is the number of the vehicle.

Source: EReg guidelines for IVI 2.0, multi-stage vehicles: the identification number stays the same in every stage. 1.x
can hold the number of the base vehicle beside it (BaseVin).
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_PATH = "Body/CocDataGroup/BaseVin"


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.family != "1.x":
        return
    base, vin = document.tree.value(_PATH), document.vin
    if base is None or vin is None:
        return
    base = base.strip()
    if base.upper() != vin.upper():
        sentence = (
            f"BaseVin says {quoted(base)}, but the vehicle is {quoted(vin)}, and a vehicle keeps its number through "
            "all stages: correct one of them."
        )
        yield Breach(_PATH, sentence)


RULE = Rule(
    id="vin.base_vehicle",
    level=Level.WARNING,
    about="The number of the base vehicle, where given, is the number of the vehicle.",
    source="EReg guidelines for IVI 2.0, multi-stage vehicles",
    look=_look,
    applies="1.x only",
)
