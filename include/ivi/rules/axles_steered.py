"""The number of steered axles is the number of axle rows marked as steered, and something steers.

Source: Regulation (EU) 2020/683, Annex VIII, entry 2 (steered axles, number and position). Trailers and tracked
vehicles may steer with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.axles import count_place
from include.ivi.rule import Breach, Rule

_MUST_STEER = frozenset("MNT")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    steered = document.axle_counts.steered
    if steered is None:
        return
    place = count_place(document.family, "steered")
    marks = [axle.steered for axle in document.axles]
    if steered == 0 and (document.category or "")[:1] in _MUST_STEER:
        sentence = "NumberOfSteeredAxles says 0, and no motor vehicle steers with none: fill in how many axles steer."
        yield Breach(place, sentence)
    elif marks and None not in marks and marks.count(True) != steered:
        sentence = (
            f"NumberOfSteeredAxles says {steered}, but {marks.count(True)} axle rows are marked as "
            "steered: correct the number or the marks."
        )
        yield Breach(place, sentence)


RULE = Rule(
    id="axles.steered",
    level=Level.WARNING,
    about="NumberOfSteeredAxles equals the axle rows marked as steered, and is not 0 for a motor vehicle.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 2",
    look=_look,
)
