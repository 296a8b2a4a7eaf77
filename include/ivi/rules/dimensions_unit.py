"""Length, width, height and wheelbase are written in millimetres.

Source: Regulation (EU) 2020/683, Annex VIII, entries 4 to 7 (mm). Below a size that no vehicle of its kind has,
somebody wrote metres or centimetres, or left the filler of a template in.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.dimensions import dimension_place
from include.ivi.rule import Breach, Rule

_NAMES = ("length", "width", "height", "wheelbase")

#: Smaller than any vehicle of its kind, in mm, in the order of _NAMES; by category, else by its first letter.
_LEAST: dict[str, tuple[int, int, int, int]] = {
    "M1": (2000, 1200, 900, 1200),
    "N1": (2000, 1200, 900, 1200),
    "M": (3500, 1400, 1500, 1800),
    "N": (3500, 1400, 1500, 1800),
    "O": (1000, 700, 200, 400),
    "L": (1000, 250, 500, 600),
    "T": (1500, 700, 800, 700),
    "C": (1500, 700, 800, 300),
    "R": (1000, 500, 200, 400),
    "S": (800, 500, 200, 300),
}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    category, dimensions = document.category or "", document.dimensions
    least = _LEAST.get(category[:2]) or _LEAST.get(category[:1])
    if least is None:
        return
    values = (dimensions.length, dimensions.width, dimensions.height, dimensions.wheelbase)
    for name, value, smallest in zip(_NAMES, values, least, strict=True):
        if value is not None and value < smallest:
            sentence = (
                f"The {name} is {value} mm, less than {smallest} mm, which no vehicle of category {category[:2]} is: "
                "write millimetres."
            )
            yield Breach(dimension_place(document.family, name), sentence)


RULE = Rule(
    id="dimensions.unit",
    level=Level.WARNING,
    about="Length, width, height and wheelbase are not below what a vehicle of the category can have, in mm.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 4 to 7",
    look=_look,
)
