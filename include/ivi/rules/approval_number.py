"""The type-approval number has the form `e6*2018/858*00123*04`: country, act, base number, extension.

Source: Regulation (EU) 2020/683, Annex IV (numbering of certificates). National and individual approvals are numbered
otherwise and are left alone. Statens vegvesen finds the tax class by number, variant and version.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.model.approval import COUNTRIES, ApprovalNumber
from include.ivi.rule import Breach, Rule

_EUROPEAN = frozenset({"european", "european_small_series"})
_COPY = "copy it from the certificate."


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    path, approval = document.path("type_approval"), document.approval
    if approval.kind_code is not None and approval.kind not in _EUROPEAN:
        return
    if approval.number is None:
        sentence = "The type-approval number is missing, and the vehicle cannot be classified without it: fill it in."
        yield Breach(path, sentence)
    elif approval.parts is None:
        number = quoted(approval.number)
        yield Breach(path, f"The type-approval number {number} is not written like e6*2018/858*00123*04: {_COPY}")
    else:
        for reason in _reasons(approval.number, approval.parts):
            yield Breach(path, f"The type-approval number {quoted(approval.number)} {reason}: {_COPY}")


def _reasons(number: str, parts: ApprovalNumber) -> Iterator[str]:
    if number[0] != "e":
        yield "begins with a capital E, the mark of a UN approval, where e is written"
    if int(parts.country[1:]) not in COUNTRIES:
        yield f"begins with {parts.country}, which is no approving country"
    if parts.extension is None:
        yield "ends without an extension, such as *00 for the first certificate"


RULE = Rule(
    id="approval.number_form",
    level=Level.WARNING,
    about="A European type-approval number is present and has country, act, base number and extension.",
    source="Regulation (EU) 2020/683, Annex IV",
    look=_look,
    applies="European approvals (EC, KS, EU, ESS)",
)
