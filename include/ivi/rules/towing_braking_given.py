"""Every towable mass of IVI 2.0 says whether the trailer has brakes.

Source: EReg, user manual of IVI 2.0, version 1.5, trailer masses of categories M and N: BrakedTypeTrail is always
mandatory, UNB or BRK, where TechnicallyPermissibleMaximumTowableMass has a value.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.model.towing import BRAKED, UNBRAKED
from include.ivi.rule import Breach, Rule

_KINDS = frozenset("MN")
_CODES = (UNBRAKED, BRAKED)


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.family != "2.0" or (document.category or "")[:1] not in _KINDS:
        return
    for one in document.coupling.towable:
        place = f"{one.path.partition('/BodyworkTypeTable')[0]}/BrakedTypeTrail"
        if one.braking is None:
            sentence = (
                f"A towable mass of {one.mass} kg does not say whether the trailer has brakes: fill in "
                "BrakedTypeTrail, UNB or BRK."
            )
            yield Breach(place, sentence)
        elif one.braking not in _CODES:
            sentence = (
                f"BrakedTypeTrail holds {quoted(one.braking)}, a code for farm vehicles: behind vehicles of category M "
                "and N write UNB or BRK."
            )
            yield Breach(place, sentence, Level.WARNING)


RULE = Rule(
    id="towing.braking_given",
    level=Level.ERROR,
    about="A towable mass has BrakedTypeTrail, UNB or BRK (any other code: a warning).",
    source="EReg, user manual of IVI 2.0, version 1.5, trailer masses",
    applies="M, N, 2.0 only",
    look=_look,
)
