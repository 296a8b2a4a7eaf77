"""The mass of the combination fits the laden mass and the towable mass.

Source: Regulation (EU) 2020/683, Annex VIII, entries 16.1, 16.4 and 18. A combination weighs at least the laden vehicle
and at most the laden vehicle with the heaviest braked trailer. Kilograms.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    laden = document.masses.max_laden
    if laden is None:
        return
    for towing in document.towing:
        if towing.combination is None:
            continue
        if towing.combination < laden:
            sentence = (
                f"The combination may weigh {towing.combination} kg, less than the laden vehicle alone ({laden} kg)"
            )
            yield Breach(towing.path, f"{sentence}: correct one of them.")
        elif towing.towable is not None and towing.combination > laden + towing.towable:
            sentence = (
                f"The combination may weigh {towing.combination} kg, more than the laden vehicle ({laden} kg) and its "
                f"trailer ({towing.towable} kg) together: correct one of them."
            )
            yield Breach(towing.path, sentence)


RULE = Rule(
    id="towing.combination",
    level=Level.WARNING,
    about="Laden mass <= combination mass <= laden mass and towable mass together.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 16.1, 16.4 and 18",
    look=_look,
    applies="documents with a combination mass",
)
