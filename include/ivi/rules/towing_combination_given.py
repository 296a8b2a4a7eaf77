"""A vehicle that may tow says what it and its trailer may weigh together.

Source: EReg, user manual of IVI 2.0, version 1.5, trailer masses of categories M and N: the combination mass (entry
16.4) must occur at least once. EReg's own samples leave it out where nothing may be towed, so a towable mass of 0 kg
asks for none.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_KINDS = frozenset("MN")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if (document.category or "")[:1] in _KINDS and document.coupling.tows and not document.coupling.combinations:
        sentence = (
            "A towable mass is given, but not what vehicle and trailer may weigh together (entry 16.4): fill in the "
            "combination mass."
        )
        yield Breach(document.path("combination_mass"), sentence)


RULE = Rule(
    id="towing.combination_given",
    level=Level.WARNING,
    about="Where a towable mass above 0 kg is given, a combination mass is given at least once.",
    source="EReg, user manual of IVI 2.0, version 1.5, trailer masses",
    applies="M, N",
    look=_look,
)
