"""The act of the type approval is one that approves vehicles of this category.

Source: the frameworks for type approval. M, N and O: Regulation (EU) 2018/858, before it Directives 2007/46/EC and
70/156/EEC with the numbers of its amendments (98/14, 2001/116). L: Regulation (EU) 168/2013, before it Directives
2002/24/EC and 92/61/EEC. T, C, R and S: Regulation (EU) 167/2013, before it Directives 2003/37/EC and 74/150/EEC. Only
these are known for certain, so another act is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_LETTERS = frozenset("MNOLTCRS")
_ROAD, _TWO_WHEELS, _FARM = "M, N and O", "L", "T, C, R and S"
_ACTS = {
    "2018/858": _ROAD, "2007/46": _ROAD, "07/46": _ROAD, "70/156": _ROAD, "98/14": _ROAD, "2001/116": _ROAD,
    "168/2013": _TWO_WHEELS, "2002/24": _TWO_WHEELS, "92/61": _TWO_WHEELS,
    "167/2013": _FARM, "2003/37": _FARM, "74/150": _FARM,
}  # fmt: skip


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    parts, letter = document.approval.parts, (document.category or "")[:1]
    group = _ACTS.get(parts.act) if parts is not None else None
    if parts is not None and group is not None and letter in _LETTERS and letter not in group:
        sentence = (
            f"The type approval is by {parts.act}, an act for categories {group}, but the category is "
            f"{quoted(document.category or '')}: correct the number or the category."
        )
        yield Breach(document.path("type_approval"), sentence)


RULE = Rule(
    id="approval.act",
    level=Level.WARNING,
    about="The act in the type-approval number is one for vehicles of the stated category.",
    source="Regulations (EU) 2018/858, 168/2013 and 167/2013, and the directives before them",
    look=_look,
    applies="approvals with a number in European form",
)
