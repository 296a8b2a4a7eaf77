"""The identifier of a WLTP family begins with the kind of the family.

Source: Regulation (EU) 2017/1151, Annex XXI, paragraph 5.0 (FT-n-WMI-x, with FT one of IP, RL, RM, PR, AT).
Identifiers of the years before this form are common, so a hint only; other kinds of families are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_BEGINS = {"IP": "IP-", "RL": "RL-", "RM": "RM-", "PR": "PR-", "ATCT": "AT-"}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    for family in document.emissions.families:
        begins = _BEGINS.get(family.kind)
        if begins is not None and not family.text.startswith(begins):
            sentence = (
                f"The identifier {quoted(family.text)} is that of a family of kind {family.kind}, which begins with "
                f"{begins[:-1]} and a hyphen: see whether kind and identifier belong together."
            )
            yield Breach(family.path, sentence)


RULE = Rule(
    id="emissions.family_identifier",
    level=Level.INFO,
    about="A WLTP family identifier begins with its kind.",
    source="Regulation (EU) 2017/1151, Annex XXI, paragraph 5.0",
    look=_look,
    applies="documents with WLTP family identifiers",
)
