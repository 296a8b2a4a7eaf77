"""A trailer burns no fuel.

Source: Regulation (EU) 2018/858, Article 4: vehicles of category O are towed. Trailers with electric axles exist, so
electricity alone is no breach.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if not (document.category or "").startswith("O"):
        return
    fuels = document.energy.fuels
    if fuels:
        sentence = (
            f"A trailer ({document.category}) has an engine with energy source {quoted(fuels[0])}: take the engine "
            "out or correct the category."
        )
        yield Breach(document.path("energy_source"), sentence)


RULE = Rule(
    id="energy.trailer",
    level=Level.WARNING,
    about="A trailer has no engine that burns fuel.",
    source="Regulation (EU) 2018/858, Article 4",
    look=_look,
    applies="O",
)
