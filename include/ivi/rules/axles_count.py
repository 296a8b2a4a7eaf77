"""The number of axles is the number of axle rows, and no axle is described twice.

Source: Regulation (EU) 2020/683, Annex VIII, entry 1; the two figures describe the same thing. A document without any
axle row is left alone: the rows are optional.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    rows = len(document.axles)
    if rows and document.number_of_axles is not None and rows != document.number_of_axles:
        sentence = (
            f"NumberOfAxles says {document.number_of_axles}, but {rows} axles are described: correct the number or the "
            "axle rows."
        )
        yield Breach(document.path("number_of_axles"), sentence)
    numbers = [axle.number for axle in document.axles if axle.number is not None]
    if len(set(numbers)) == len(numbers):
        return
    for number, count in Counter(numbers).items():
        if count > 1:
            path = f"{document.path('axle_rows')}/AxleNumber"
            yield Breach(path, f"Axle {number} is described {count} times: number the axle rows 1 to {rows}.")


RULE = Rule(
    id="axles.count",
    level=Level.ERROR,
    about="NumberOfAxles equals the number of axle rows, and axle numbers are unique.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 1",
    look=_look,
    applies="documents with axle rows",
)
