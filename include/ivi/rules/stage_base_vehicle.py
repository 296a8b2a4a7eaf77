"""A completed vehicle names the approval of the vehicle it was built on.

Source: EReg set-up manual for IVI 2.0, multi-stage vehicles: from the second stage on, the document states number,
type, variant and version of the stage before. 1.x lists the stages one after the other, each with its own approval.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.stages import APPROVED, Stages
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    stages = document.stages
    if not _later_stage(stages):
        return
    previous, names = stages.previous, APPROVED[document.family]
    if previous is None:
        sentence = (
            "The vehicle was built on another, but the approval of that base vehicle is not named: fill in "
            f"{', '.join(names[:-1])} and {names[-1]} of the stage before."
        )
        yield Breach(stages.path(stages.last, names[0]), sentence)
        return
    given = (previous.number, previous.type, previous.variant, previous.version)
    for name, value in zip(names, given, strict=True):
        if value is None:
            sentence = (
                f"{name} of the stage before is missing, while other parts of its approval are given: fill it in."
            )
            yield Breach(stages.path(stages.last, name), sentence)


def _later_stage(stages: Stages) -> bool:
    last = stages.last
    return stages.code == "V" or (stages.code == "I" and last is not None and (last.number or 0) > 1)


RULE = Rule(
    id="stage.base_vehicle",
    level=Level.WARNING,
    about="A vehicle of a second or later stage names number, type, variant and version of the stage before.",
    source="EReg set-up manual for IVI 2.0, multi-stage vehicles",
    look=_look,
    applies="stage V, and stage I from the second maker on",
)
