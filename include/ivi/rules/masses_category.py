"""The highest laden mass lies within the limits of the category.

Source: Regulation (EU) 2018/858, Article 4: N1 up to 3,500 kg, N2 up to 12,000 kg, N3 above; M2 up to 5,000 kg, M3
above; O1 up to 750 kg, O2 up to 3,500 kg, O3 up to 10,000 kg, O4 above. For a trailer counts what its own axles bear,
so what rests on the coupling is taken off (Annex I, part A). A vehicle below its category is for information only: it
may have been approved for more and be sold for less. Kilograms.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

#: Category, and the mass it begins above and ends at.
_LIMITS: dict[str, tuple[int, int | None]] = {
    "N1": (0, 3500),
    "N2": (3500, 12000),
    "N3": (12000, None),
    "M2": (0, 5000),
    "M3": (5000, None),
    "O1": (0, 750),
    "O2": (750, 3500),
    "O3": (3500, 10000),
    "O4": (10000, None),
}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    category = (document.category or "")[:2]
    laden = document.masses.max_laden
    if category not in _LIMITS or laden is None:
        return
    above, most = _LIMITS[category]
    if most is not None and (_on_axles(document, laden) if category[0] == "O" else laden) > most:
        sentence = (
            f"The highest laden mass is {laden} kg, and a vehicle of category {category} has at most {most:,} kg: "
            "correct the mass or the category."
        )
        yield Breach(document.path("max_laden_mass"), sentence)
    elif laden <= above:
        sentence = (
            f"The highest laden mass is {laden} kg, and category {category} begins above {above:,} kg: check the mass "
            "and the category."
        )
        yield Breach(document.path("max_laden_mass"), sentence, Level.INFO)


def _on_axles(document: IviDocument, laden: int) -> int:
    """What rests on the axles of a trailer, at the least: the laden mass without the heaviest load on its coupling."""
    axles = [axle.max_mass for axle in document.axles]
    together = sum(mass for mass in axles if mass is not None) if axles and None not in axles else laden
    return min(laden - max((one.mass for one in document.coupling.vertical), default=0), together)


RULE = Rule(
    id="masses.category",
    level=Level.WARNING,
    about="The highest laden mass is within the limits of the category (below them: for information).",
    source="Regulation (EU) 2018/858, Article 4 and Annex I, part A",
    applies="N1-N3, M2, M3, O1-O4",
    look=_look,
)
