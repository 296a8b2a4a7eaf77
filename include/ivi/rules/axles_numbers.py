"""The axle rows are numbered 1, 2, 3 and so on.

Source: Regulation (EU) 2020/683, Annex VIII, entries 1 and 4.1: axles are counted from the front. Axles that are
described twice are told by rule axles.count.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_WAY = "AxleNumber"


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    numbers = [axle.number for axle in document.axles]
    if not numbers or len(set(numbers)) < len(numbers):
        return
    for axle in document.axles:
        if axle.number is None:
            yield Breach(f"{axle.path}/{_WAY}", "An axle row has no AxleNumber: number the axles from the front.")
            return
        if not 1 <= axle.number <= len(numbers):
            sentence = (
                f"An axle row has number {axle.number} among {len(numbers)} axles: number them 1 to {len(numbers)} "
                "from the front."
            )
            yield Breach(f"{axle.path}/{_WAY}", sentence)


RULE = Rule(
    id="axles.numbers",
    level=Level.WARNING,
    about="The axle rows are numbered from 1 without a gap.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 1 and 4.1",
    look=_look,
)
