"""A vehicle is not longer, wider or higher than vehicles of its category may be.

Source: Regulation (EU) No 1230/2012, Annex I, parts A to D, now Regulation (EU) 2021/535, Annex XIII (M, N, O);
Regulation (EU) No 168/2013, Annex I (L); Regulation (EU) 2015/208, Annex XXI (T, C, R, S). Millimetres. Vehicles
approved beyond the limits say so and are left alone, as is the length of a trailer, whose drawbar may count.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.dimensions import dimension_place
from include.ivi.rule import Breach, Rule

_NAMES = ("length", "width", "height")
_ANY = 99999

#: Most length, width and height in mm; by category with its sub-category, by category, or by its first letter.
_MOST: dict[str, tuple[int, int, int]] = {
    "M1": (12000, 2550, 4000),
    "M": (18750, 2550, 4000),
    "N": (12000, 2600, 4000),
    "O": (_ANY, 2600, 4000),
    "L1e": (4000, 1000, 2500),
    "L6e-B": (3000, 1500, 2500),
    "L7e-C": (3700, 1500, 2500),
    "L": (4000, 2000, 2500),
    "T": (12000, _ANY, 4000),
    "C": (12000, _ANY, 4000),
    "R": (12000, _ANY, 4000),
    "S": (12000, _ANY, 4000),
}
_BUSES = frozenset({"M2", "M3"})
_TWO, _TWO_AXLED_BUS = 2, 13500


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    category, dimensions = document.category or "", document.dimensions
    most = _MOST.get(category[:5]) or _MOST.get(category[:3]) or _MOST.get(category[:2]) or _MOST.get(category[:1])
    if most is None or dimensions.exceeding:
        return
    length = dimensions.length if not dimensions.elongated_cab else None
    for name, value, highest in zip(_NAMES, (length, dimensions.width, dimensions.height), most, strict=True):
        if name == "length" and category[:2] in _BUSES and document.number_of_axles == _TWO:
            highest = _TWO_AXLED_BUS
        if value is not None and value > highest:
            sentence = (
                f"The {name} is {value} mm, and a vehicle of category {category} has at most {highest} mm: correct it, "
                "or mark the vehicle as exceeding the dimensions."
            )
            yield Breach(dimension_place(document.family, name), sentence)


RULE = Rule(
    id="dimensions.limits",
    level=Level.WARNING,
    about="Length, width and height are within the maximum authorised dimensions of the category.",
    source="Regulations (EU) 2021/535, Annex XIII; (EU) No 168/2013, Annex I; (EU) 2015/208, Annex XXI",
    look=_look,
)
