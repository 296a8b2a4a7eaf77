"""The date of manufacture is there where it decides which IVI version a vehicle needs.

Source: EReg guidelines for IVI 2.0, 1.5 and 1.9: vehicles made from 5 July 2026 need IVI 2.0, and the date of
manufacture is part of the certificate for M, N and O (entry 0.11), not for L, T, C, R and S. 1.x is asked only where
the document was signed or written on that day or later, since the vehicle may then have been made on either side of
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_FROM = date(2026, 7, 5)
_CERTIFIED = frozenset("MNO")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    dates = document.dates
    if dates.manufacture is not None or (document.category or "")[:1] not in _CERTIFIED:
        return
    path = document.path("manufacture_date")
    name = path.rpartition("/")[2]
    written = max((moment for moment in (dates.signature, dates.document) if moment is not None), default=None)
    if document.family == "2.0":
        yield Breach(path, f"{name} is missing, and IVI 2.0 is for vehicles by their date of manufacture: fill it in.")
    elif written is not None and written >= _FROM:
        sentence = (
            f"{name} is missing, and IVI 1.x written on {written} is only right for a vehicle made before {_FROM}: "
            "fill it in."
        )
        yield Breach(path, sentence)


RULE = Rule(
    id="dates.manufacture_given",
    level=Level.WARNING,
    about="The date of manufacture is given in IVI 2.0, and in 1.x for documents written from 5 July 2026.",
    source="EReg guidelines for IVI 2.0, 1.5 and 1.9",
    look=_look,
    applies="M, N, O",
)
