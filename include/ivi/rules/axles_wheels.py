"""The number of wheels fits the axles, and the axles with twin wheels are as many as are marked.

Source: Regulation (EU) 2020/683, Annex VIII, entries 1 and 1.1. Two wheels an axle, four where wheels are twin; some
makes count twin wheels as one, L vehicles may have one wheel on an axle, and trailers for heavy loads have up to eight.
Tracked vehicles are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.axles import count_place
from include.ivi.rule import Breach, Rule

_WHEELED = frozenset("MNOLT")
_TWO_WHEELS, _FOUR_WHEELS, _EIGHT_WHEELS = 2, 4, 8


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    counts, axles, kind = document.axle_counts, document.axles, (document.category or "")[:1]
    marks = [axle.twin for axle in axles]
    if counts.twin is not None and marks and None not in marks:
        twin = marks.count(True)
        if twin != counts.twin:
            sentence = (
                f"NumberOfAxlesWithTwinWheels says {counts.twin}, but {twin} axle rows are marked as having twin "
                "wheels: correct the number or the marks."
            )
            yield Breach(count_place(document.family, "twin"), sentence)
    if counts.wheels is None or not axles or kind not in _WHEELED:
        return
    least = len(axles) * (1 if kind == "L" else _TWO_WHEELS)
    most = len(axles) * _EIGHT_WHEELS if kind == "O" else sum([_most_on(mark, kind) for mark in marks])
    if not least <= counts.wheels <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        sentence = (
            f"NumberOfWheels says {counts.wheels}, but {len(axles)} axles as described have {wanted}: correct the "
            "number, or the marks for twin wheels."
        )
        yield Breach(count_place(document.family, "wheels"), sentence)


def _most_on(twin: bool | None, kind: str) -> int:
    """The most wheels an axle may have; an axle without a mark may have twin wheels."""
    return _TWO_WHEELS if twin is False or kind == "L" else _FOUR_WHEELS


RULE = Rule(
    id="axles.wheels",
    level=Level.WARNING,
    about="NumberOfWheels fits the axles and their twin wheels, and NumberOfAxlesWithTwinWheels equals the marks.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 1 and 1.1",
    applies="M, N, O, L, T",
    look=_look,
)
