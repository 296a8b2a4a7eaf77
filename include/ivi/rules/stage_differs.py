"""Each stage has an approval of its own.

Source: EReg set-up manual for IVI 2.0, multi-stage vehicles: at least one of type-approval number, variant and version
differs from the stage before. Where all three are the same, the document of the base vehicle was copied.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.stages import APPROVED
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    stages = document.stages
    if stages.code == "C":
        return
    own, previous = stages.own, stages.previous
    if previous is None or own.number is None:
        return
    if (own.number, own.variant, own.version) == (previous.number, previous.variant, previous.version):
        sentence = (
            "Type-approval number, variant and version are those of the stage before, and at least one of them differs "
            "from stage to stage: state the approval of this stage."
        )
        yield Breach(stages.path(stages.last, APPROVED[document.family][0]), sentence)


RULE = Rule(
    id="stage.differs",
    level=Level.WARNING,
    about="Type-approval number, variant or version differs from the stage before.",
    source="EReg set-up manual for IVI 2.0, multi-stage vehicles",
    look=_look,
    applies="stages V and I",
)
