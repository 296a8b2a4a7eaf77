"""The type-approval number has the form `e6*2018/858*00123*04`: country, act, base number, extension.

Source: Regulation (EU) 2020/683, Annex IV (numbering of certificates). National and individual approvals are numbered
otherwise and are left alone. Statens vegvesen finds the tax class by number, variant and version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_FORM = re.compile(r"e[1-9]\d?\*(?:KS|NKS)?\d{2,4}/\d{1,4}[^*\s]*\*[^*\s]+(?:\*\d{1,3})?", re.IGNORECASE)
_EUROPEAN = frozenset({"EC", "KS", "EU", "ESS"})


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    path = document.path("type_approval")
    if document.type_approval_kind is not None and document.type_approval_kind not in _EUROPEAN:
        return
    if document.type_approval is None:
        sentence = "The type-approval number is missing, and the vehicle cannot be classified without it: fill it in."
        yield Breach(path, sentence)
    elif not _FORM.fullmatch(document.type_approval):
        sentence = (
            f"The type-approval number {quoted(document.type_approval)} is not written like e6*2018/858*00123*04: copy "
            "it from the certificate."
        )
        yield Breach(path, sentence)


RULE = Rule(
    id="approval.number_form",
    level=Level.WARNING,
    about="A European type-approval number is present and has country, act, base number and extension.",
    source="Regulation (EU) 2020/683, Annex IV",
    look=_look,
)
