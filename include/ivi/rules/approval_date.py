"""An approval is not older than the act it is granted by.

Source: Official Journal: Regulation (EU) 2018/858 is of 30 May 2018, 168/2013 of 15 January 2013, 167/2013 of 5
February 2013 and Directive 2007/46/EC of 5 September 2007. An approval dated before its act cannot be; that it was
granted before the act applied to all vehicles is common and fine.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_ACTS = {
    "2018/858": date(2018, 5, 30),
    "168/2013": date(2013, 1, 15),
    "167/2013": date(2013, 2, 5),
    "2007/46": date(2007, 9, 5),
}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    approval = document.approval
    if approval.parts is None or approval.issued is None:
        return
    act = _ACTS.get(approval.parts.act)
    if act is not None and approval.issued < act:
        sentence = (
            f"The approval is dated {approval.issued}, before {approval.parts.act} itself ({act}): correct the date or "
            "the number."
        )
        yield Breach(document.path("approval_date"), sentence)


RULE = Rule(
    id="approval.date",
    level=Level.WARNING,
    about="The approval is dated no earlier than the act in its number.",
    source="Regulations (EU) 2018/858, 168/2013 and 167/2013; Directive 2007/46/EC",
    look=_look,
    applies="approvals with a number and a date",
)
