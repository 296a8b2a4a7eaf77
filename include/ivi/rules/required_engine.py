"""A motor vehicle states the code of its engine or motor, and in IVI 2.0 its energy source.

Source: EReg set-up manual for IVI 2.0: the code is present for all of M, N, L, T and C; Regulation (EU) 2020/683, Annex
VIII, entries 21 and 26. In 1.x a purely electric vehicle has no fuel to state. The rows are in `completeness.tsv`.
"""

from __future__ import annotations

from include.ivi.completeness import missing
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> list[Breach]:
    return missing("required.engine", document)


RULE = Rule(
    id="required.engine",
    level=Level.WARNING,
    about="The code of the engine or motor is given, and in IVI 2.0 the energy source.",
    source="EReg set-up manual for IVI 2.0; Regulation (EU) 2020/683, Annex VIII, entries 21 and 26",
    look=_look,
    applies="M, N, L, T, C",
)
