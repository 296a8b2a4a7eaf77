"""A vehicle built by one maker has no stage before it.

Source: EReg set-up manual for IVI 2.0, multi-stage vehicles: the previous-stage fields belong to the second stage and
those after it. A complete vehicle (C) needs no completion, and the first stage has nothing before it. Whoever alters a
complete vehicle later states V.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.stages import APPROVED, NUMBER
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    stages = document.stages
    if stages.code == "C" and stages.previous is not None:
        name = APPROVED[document.family][0]
        sentence = (
            "The vehicle is called complete (C), but the approval of a stage before is named: state V for a completed "
            "vehicle, or leave the stage before out."
        )
        yield Breach(stages.path(stages.last, name), sentence)
        return
    if document.family != "2.0":
        return
    for row in stages.rows:
        if row.number == 1 and row.approved:
            sentence = (
                "Stage 1 names the approval of a stage before it, and there is none: number the stages from 1 up."
            )
            yield Breach(stages.path(row, NUMBER[document.family]), sentence)


RULE = Rule(
    id="stage.no_previous",
    level=Level.WARNING,
    about="A complete vehicle, and a first stage, name no stage before.",
    source="EReg set-up manual for IVI 2.0, multi-stage vehicles",
    look=_look,
    applies="stage C, and every first stage",
)
