"""Mass in running order, actual mass and highest laden mass rise in this order.

Source: Regulation (EU) 2020/683, Annex VIII, entries 13, 13.2 and 16.1; the actual mass adds equipment to the first,
and the laden mass adds the load. Kilograms.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.fields import Field
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    masses = document.masses
    steps: list[tuple[str, int, Field]] = []
    named: tuple[tuple[str, int | None, Field], ...] = (
        ("mass in running order", masses.running_order, "running_order"),
        ("actual mass", masses.actual, "actual_mass"),
        ("highest laden mass", masses.max_laden, "max_laden_mass"),
    )
    for name, mass, place in named:
        if mass is not None:
            steps.append((name, mass, place))
    for (lower, less, _), (higher, more, place) in pairwise(steps):
        if less > more:
            sentence = f"The {higher} ({more} kg) is less than the {lower} ({less} kg): correct one of them."
            yield Breach(document.path(place), sentence)


RULE = Rule(
    id="masses.order",
    level=Level.WARNING,
    about="Mass in running order <= actual mass <= highest laden mass.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 13, 13.2 and 16.1",
    look=_look,
    applies="documents with two or more of the masses",
)
