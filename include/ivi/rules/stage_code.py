"""The stage of completion is there, and the vehicle is finished.

Source: EReg guidelines for IVI 2.0, on multi-stage building (the codes are I, C and V). An incomplete
vehicle gets another document from the builder who finishes it, and that one is registered.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    path = document.path("stage")
    if document.stage is None and document.family == "1.x":
        yield Breach(path, "StageOfCompletionCode is missing: fill in C, V or, for an incomplete vehicle, I.")
    elif document.stage == "I":
        sentence = "The stage of completion is I, an incomplete vehicle: drop the document of the finished vehicle."
        yield Breach(path, sentence)


RULE = Rule(
    id="stage.code",
    level=Level.WARNING,
    about="The stage of completion is given and is not I (incomplete).",
    source="EReg guidelines for IVI 2.0, multi-stage building",
    look=_look,
    applies="every document",
)
