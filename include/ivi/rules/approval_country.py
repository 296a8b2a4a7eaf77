"""The approving country stated beside the number is the one the number begins with.

Source: EReg change overview for IVI 2.0: DesignatedTypeApprovalCountry names the authority without anybody having to
read the first part of the number, so the two say the same. 1.x may state it as NumberOfTheMemberState.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    approval = document.approval
    if approval.parts is None or approval.country is None:
        return
    if approval.country != approval.parts.country:
        name = approval.country_path.rpartition("/")[2]
        sentence = (
            f"{name} says {quoted(approval.country)}, but the type-approval number begins with "
            f"{approval.parts.country}: correct one of them, or the document goes to the wrong authority."
        )
        yield Breach(approval.country_path, sentence)


RULE = Rule(
    id="approval.country",
    level=Level.WARNING,
    about="The approving country stated in the document is the one in the type-approval number.",
    source="EReg change overview for IVI 2.0, DesignatedTypeApprovalCountry",
    look=_look,
    applies="documents that state the approving country",
)
