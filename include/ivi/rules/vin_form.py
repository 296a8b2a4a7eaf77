"""The identification number has the form of ISO 3779: 17 characters of A-Z and 0-9 without I, O and Q.

Source: ISO 3779. Statens vegvesen's own test numbers hold I and O, and off-road vehicles, trailers and older ones may
carry other numbers (ISO 10261), so it is an error only in production and only for categories L, M, N and O. A check
digit is not asked for: Europe has none. Without any number nothing can be sent, which is an error everywhere. What IVI
2.0 itself does not take (other than 17 of A-Z and 0-9) is left to `vin.exact_form`: one slip is one finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, hidden_characters, quoted
from include.ivi.rule import Breach, Rule

_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_TAKEN_BY_2 = re.compile(r"[A-Z0-9]{17}")
_BOUND = frozenset("LMNO")


def _look(document: IviDocument, context: CheckContext) -> Iterator[Breach]:
    path = document.path("vin")
    if document.vin is None:
        yield Breach(path, "The identification number (VIN) is missing: fill it in, 17 characters.", Level.ERROR)
        return
    raw = document.raw("vin") or ""
    if hidden_characters(raw) or (document.family == "2.0" and not _TAKEN_BY_2.fullmatch(raw)):
        return  # another rule says so
    reason = _reason(raw)
    if reason is None:
        return
    bound = context.environment == "prod" and (document.category or "")[:1] in _BOUND
    level = Level.ERROR if bound else Level.WARNING
    yield Breach(path, f"The identification number {quoted(raw)} {reason}: correct it in the source system.", level)


def _reason(vin: str) -> str | None:
    if _FORM.fullmatch(vin):
        return None
    if vin != vin.strip():
        return "has blanks around it"
    if len(vin) != 17:
        return f"has {len(vin)} characters where 17 are usual"
    if _FORM.fullmatch(vin.upper()):
        return "holds small letters"
    strange = "".join(dict.fromkeys(char for char in vin if not _FORM.fullmatch(char * 17)))
    return f"holds {quoted(strange)}, and only A-Z without I, O and Q and 0-9 are usual"


RULE = Rule(
    id="vin.form",
    level=Level.WARNING,
    about="The identification number has 17 characters of A-Z and 0-9, without I, O and Q; in production an error for "
    "categories L, M, N and O, and none at all is an error everywhere.",
    source="ISO 3779",
    look=_look,
    applies="every document",
)
