"""A provisional approval holds only where it was recognised, and Norway is among the countries that are named.

Source: Regulation (EU) 2018/858, Article 39: an approval for new technology is provisional, holds on the territory of
the approving state, and other states may accept it. Where the document names territories, N must be one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_NORWAY = "N"


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    approval = document.approval
    if not approval.provisional or _NORWAY in approval.territories:
        return
    if approval.territories:
        named = ", ".join(quoted(code) for code in approval.territories[:5])
        sentence = (
            f"The approval is provisional for {named} and not for N (Norway): ask the maker whether it holds here."
        )
        yield Breach(approval.provisional_path, sentence)
    else:
        sentence = "The approval is provisional and no territory is named: make sure that it is accepted in Norway."
        yield Breach(approval.provisional_path, sentence, Level.INFO)


RULE = Rule(
    id="approval.provisional",
    level=Level.WARNING,
    about="A provisional approval names Norway among its territories.",
    source="Regulation (EU) 2018/858, Article 39",
    look=_look,
    applies="provisional approvals",
)
