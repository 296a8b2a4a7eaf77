"""Vehicles made on 5 July 2026 or later have a document of IVI 2.0.

Source: EReg guidelines for IVI 2.0, version 1.1 of 11 May 2025, 1.5, 1.9 and 1.10; 1.x stays good for earlier vehicles
and for corrections of documents that were first issued in it (their version number is above 1). A warning, since the
authority decides what it takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_FROM = date(2026, 7, 5)


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    made = document.dates.manufacture
    if document.family != "1.x" or made is None or made < _FROM:
        return
    if (document.document_version or 1) <= 1:
        sentence = f"The vehicle was made on {made}, and vehicles made from {_FROM} need IVI 2.0: export it in IVI 2.0."
        yield Breach(document.path("version"), sentence)


RULE = Rule(
    id="version.from_july_2026",
    level=Level.WARNING,
    about="A vehicle made on 5 July 2026 or later has a document of IVI 2.0, corrections aside.",
    source="EReg guidelines for IVI 2.0, version 1.1",
    look=_look,
    applies="1.x only",
)
