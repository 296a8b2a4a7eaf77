"""The number of powered axles is the number of axle rows marked as powered.

Source: Regulation (EU) 2020/683, Annex VIII, entry 3. A warning: documents from templates carry marks of axles that
the vehicle has not got, and are taken all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    marks = [axle.powered for axle in document.axles]
    if not marks or None in marks or document.powered_axles is None:
        return
    powered = marks.count(True)
    if powered != document.powered_axles:
        sentence = (
            f"NumberOfPoweredAxles says {document.powered_axles}, but {powered} axle rows are marked as powered: "
            "correct the number or the marks."
        )
        yield Breach(document.path("powered_axles"), sentence)


RULE = Rule(
    id="axles.powered",
    level=Level.WARNING,
    about="NumberOfPoweredAxles equals the axle rows marked as powered, where every row has a mark.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 3",
    look=_look,
    applies="documents with axle rows, each marked",
)
