"""The identification number is that of a vehicle, not of a template.

Source: Samsvar's own; documents that were never filled in hold `TEMPLATE_VIN` or one character over and over, and
EReg's own specimens hold TEST. Statens vegvesen's test vehicles are named TEST and DEMO, which is fine outside
production.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_NEVER = re.compile(r"TEMPLATE|DUMMY|SAMPLE|EXAMPLE|SPECIMEN|PLACEHOLD|UNKNOWN|UKJENT|(.)\1{9}", re.IGNORECASE)
_ONLY_TESTS = re.compile(r"TEST|DEMO", re.IGNORECASE)


def _look(document: IviDocument, context: CheckContext) -> Iterator[Breach]:
    vin = document.vin
    if vin is None:
        return
    found = _NEVER.search(vin) or (_ONLY_TESTS.search(vin) if context.environment == "prod" else None)
    if found is not None:
        sentence = (
            f"The identification number {quoted(vin)} looks like a placeholder ({quoted(found[0])}): fill in the "
            "number of the vehicle."
        )
        yield Breach(document.path("vin"), sentence)


RULE = Rule(
    id="vin.placeholder",
    level=Level.WARNING,
    about="The identification number is no placeholder; TEST and DEMO are fine outside production.",
    source="Samsvar",
    look=_look,
)
