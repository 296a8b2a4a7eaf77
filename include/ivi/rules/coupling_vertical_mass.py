"""The coupling of a car or van bears at least 4 % of the trailer and 25 kg, and is given in kilograms.

Source: Regulation (EU) No 1230/2012, Annex I, part A (now Regulation (EU) 2021/535, Annex XIII): the mass at the
coupling point is not less than 4 % of the towable mass and not less than 25 kg. Above 350 kg somebody wrote newtons.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_LIGHT = frozenset({"M1", "N1"})
_LEAST, _LEAST_PERCENT, _MOST = 25, 4, 350


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    coupling = document.coupling
    if (document.category or "")[:2] not in _LIGHT or not coupling.vertical or not coupling.tows:
        return
    least = max(_LEAST, max(one.mass for one in coupling.towable) * _LEAST_PERCENT // 100)
    heaviest = max(coupling.vertical, key=lambda one: one.mass)
    if heaviest.mass < least:
        sentence = (
            f"The coupling may bear {heaviest.mass} kg, and the trailer that may be towed asks for {least} kg or more: "
            "correct one of them."
        )
        yield Breach(heaviest.path, sentence)
    elif heaviest.mass > _MOST:
        sentence = (
            f"The coupling may bear {heaviest.mass} kg, more than that of any car or van: write kilograms, not newtons."
        )
        yield Breach(heaviest.path, sentence)


RULE = Rule(
    id="coupling.vertical_mass",
    level=Level.WARNING,
    about="The vertical mass at the coupling is at least 4 % of the towable mass and 25 kg, and at most 350 kg.",
    source="Regulation (EU) No 1230/2012, Annex I, part A; Regulation (EU) 2021/535, Annex XIII",
    applies="M1, N1",
    look=_look,
)
