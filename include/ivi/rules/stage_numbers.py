"""Stages are numbered: 1 for the only one, each number once, and 2 or more for a completed vehicle.

Source: EReg guidelines and set-up manual for IVI 2.0: the stage number is always given, also for a vehicle with one
stage only; documents of several stages are laid over each other in this order. IVI 2.0 demands it by schema, 1.x does
not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.stages import NUMBER, Stages
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    stages, name = document.stages, NUMBER[document.family]
    for row in stages.rows:
        if row.number is None and document.family == "1.x":
            yield Breach(stages.path(row, name), f"{name} is missing in row {row.row}: number every stage, from 1 on.")
        elif row.number == 0:
            yield Breach(stages.path(row, name), f"{name} is 0, and stages are numbered from 1 on: correct it.")
    numbers = [row.number for row in stages.rows if row.number is not None]
    if len(set(numbers)) < len(numbers):
        for number, count in Counter(numbers).items():
            if count > 1:
                sentence = f"Stage {number} is described {count} times: number every stage once."
                yield Breach(stages.path(stages.last, name), sentence)
    yield from _against_code(stages, name)


def _against_code(stages: Stages, name: str) -> Iterator[Breach]:
    last = stages.last
    if last is None or last.number is None:
        return
    if stages.code == "V" and last.number == 1:
        sentence = (
            "The vehicle is called completed (V), but its only stage is the first: correct the stage or its number."
        )
        yield Breach(stages.path(last, name), sentence)
    elif stages.code == "C" and last.number > 1:
        sentence = (
            f"The vehicle is called complete (C), but it has a stage {last.number}: state V for a completed vehicle, "
            "or correct the number."
        )
        yield Breach(stages.path(last, name), sentence)


RULE = Rule(
    id="stage.numbers",
    level=Level.WARNING,
    about="Every stage has a number of its own; a complete vehicle has stage 1, a completed one stage 2 or more.",
    source="EReg guidelines and set-up manual for IVI 2.0",
    look=_look,
    applies="documents that list their makers",
)
