"""The kind of approval and the series in its number agree: KS for European small series, NKS for national ones.

Source: Regulation (EU) 2020/683, Annex IV (a small series number carries KS or NKS before the act), and the code lists
of IVI: 1.x writes KS and NKS, 2.0 writes ESS and NSS. Numbers in another form are left to the rule about the form.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_SERIES = {"european": "", "european_small_series": "KS", "national_small_series": "NKS"}
_WORDS = {"": "an unlimited series", "KS": "a European small series", "NKS": "a national small series"}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    approval = document.approval
    if approval.parts is None or approval.kind not in _SERIES:
        return
    wanted, written = _SERIES[approval.kind], approval.parts.series
    if wanted != written:
        name = document.path("type_approval_kind").rpartition("/")[2]
        sentence = (
            f"{name} {quoted(approval.kind_code or '')} means {_WORDS[wanted]}, but the number "
            f"{quoted(approval.number or '')} is that of {_WORDS[written]}: correct one of them."
        )
        yield Breach(document.path("type_approval_kind"), sentence)


RULE = Rule(
    id="approval.series",
    level=Level.WARNING,
    about="The kind of approval (EC, KS, NKS; EU, ESS, NSS) agrees with the series in the number.",
    source="Regulation (EU) 2020/683, Annex IV",
    look=_look,
    applies="approvals with a number in European form",
)
