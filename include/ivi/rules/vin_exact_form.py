"""In IVI 2.0 the identification number has exactly 17 characters of A-Z and 0-9.

Source: IVI 2.0 schema (unlike ISO 3779 it lets I, O and Q through). Whatever has another length or another character is
no document of IVI 2.0, so this is an error everywhere; 1.x takes any text of up to 17 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, hidden_characters, quoted
from include.ivi.rule import Breach, Rule

_FORM = re.compile(r"[A-Z0-9]{17}")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.family != "2.0":
        return
    raw = document.raw("vin")
    if raw is None or _FORM.fullmatch(raw) or hidden_characters(raw):
        return
    sentence = (
        f"IVI 2.0 takes an identification number of exactly 17 characters A-Z and 0-9, and {quoted(raw)} is none "
        f"({len(raw)} characters): correct it in the source system."
    )
    yield Breach(document.path("vin"), sentence)


RULE = Rule(
    id="vin.exact_form",
    level=Level.ERROR,
    about="The identification number has exactly 17 characters of A-Z and 0-9.",
    source="IVI 2.0 schema",
    look=_look,
    applies="2.0 only",
)
