"""A motor vehicle says what moves it: at least one engine or electric machine, and the fuel of each engine.

Source: Regulation (EU) 2020/683, Annex VIII, entries 20 to 26, and Regulation (EU) No 168/2013 for category L. Only
complete vehicles are looked at: documents of later stages may hold what was changed alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_NAMES = {
    "1.x": ("Body/CocDataGroup/EngineTable", "EngineTable", "FuelTable", "FuelCode"),
    "2.0": ("CocDataGroup/EnergyConvertorTable", "EnergyConvertorTable", "EnergySourceTable", "EnergySource"),
}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if (document.category or "")[:1] not in ("M", "N", "L") or document.stage not in (None, "C"):
        return
    path, table, inner, element = _NAMES[document.family]
    convertors = document.energy.convertors
    if not convertors:
        sentence = f"A vehicle of category {document.category} has no {table}: say which engine or machine moves it."
        yield Breach(path, sentence)
    for convertor in convertors:
        if convertor.electric and document.family == "1.x":
            continue
        if all(source.code is None for source in convertor.sources):
            named = f"The engine {convertor.code}" if convertor.code else "An engine"
            sentence = f"{named} names no fuel or other energy source: fill in {element} in its {inner}."
            yield Breach(f"{convertor.path}/{inner}", sentence)


RULE = Rule(
    id="energy.source_given",
    level=Level.WARNING,
    about="A motor vehicle has an engine or machine, and each engine names its fuel.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 20 to 26; Regulation (EU) No 168/2013",
    look=_look,
    applies="M, N, L; complete vehicles",
)
