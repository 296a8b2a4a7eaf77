"""Each engine or machine carries the code that is marked on it.

Source: EReg guidelines for IVI 2.0, version 1.1: EnergyConvertorCodeMarkedOnEnergyConvertor is required for the
categories M, N, L, T and C. A warning, since the list of checks behind the guidelines is not public.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_NAME = "EnergyConvertorCodeMarkedOnEnergyConvertor"


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.family != "2.0" or (document.category or "")[:1] not in ("M", "N", "L", "T", "C"):
        return
    for convertor in document.energy.convertors:
        if not convertor.code:
            kind = "electric machine" if convertor.electric else "engine"
            sentence = f"The code marked on the {kind} is missing in category {document.category}: fill in {_NAME}."
            yield Breach(convertor.place(_NAME), sentence)


RULE = Rule(
    id="energy.code_marked",
    level=Level.WARNING,
    about="Each energy convertor carries the code marked on it.",
    source="EReg guidelines for IVI 2.0, version 1.1",
    look=_look,
    applies="2.0 only: M, N, L, T, C",
)
