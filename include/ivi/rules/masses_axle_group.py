"""A group of axles carries at most what its axles carry, and at least what one of them does.

Source: Regulation (EU) 2020/683, Annex VIII, entries 16.2 and 16.3. Kilograms.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    for axle_set in document.axle_sets:
        masses = [axle.max_mass for axle in document.axles if axle.number in axle_set.members]
        known = [mass for mass in masses if mass is not None]
        if axle_set.max_mass is None or not known or len(known) < len(axle_set.members):
            continue
        if axle_set.max_mass > sum(known):
            sentence = (
                f"Axle group {axle_set.number} may carry {axle_set.max_mass} kg, more than its axles together "
                f"({sum(known)} kg): correct the group or the axles."
            )
            yield Breach(axle_set.path, sentence)
        elif axle_set.max_mass < max(known):
            sentence = (
                f"Axle group {axle_set.number} may carry {axle_set.max_mass} kg, less than one of its axles alone "
                f"({max(known)} kg): correct the group or the axles."
            )
            yield Breach(axle_set.path, sentence)


RULE = Rule(
    id="masses.axle_group",
    level=Level.WARNING,
    about="The highest mass of an axle group lies between that of its heaviest axle and that of its axles together.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 16.2 and 16.3",
    look=_look,
)
