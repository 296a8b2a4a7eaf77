"""An identification number ends in four digits and does not begin with 0.

Source: ISO 3779: the last four characters of the vehicle indicator section are digits, and no world manufacturer
identifier begins with 0 (ISO 3780). Only numbers that are otherwise in form are looked at, since another rule speaks of
the rest. Statens vegvesen's test numbers break this, so outside production it is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_BOUND = frozenset("LMNO")


def _look(document: IviDocument, context: CheckContext) -> Iterator[Breach]:
    vin = document.vin
    if vin is None or not _FORM.fullmatch(vin) or (document.category or "")[:1] not in _BOUND:
        return
    level = None if context.environment == "prod" else Level.INFO
    if not vin[-4:].isdigit():
        sentence = (
            f"The identification number ends in {quoted(vin[-4:])}, not in four digits: compare it with the vehicle."
        )
        yield Breach(document.path("vin"), sentence, level)
    elif vin[0] == "0":
        start = quoted(vin[:3])
        sentence = f"The identification number begins with {start}, and no maker has 0: compare it with the vehicle."
        yield Breach(document.path("vin"), sentence, level)


RULE = Rule(
    id="vin.ends",
    level=Level.WARNING,
    about="The identification number ends in four digits and begins with a maker code.",
    source="ISO 3779 and ISO 3780",
    look=_look,
    applies="L, M, N, O",
)
