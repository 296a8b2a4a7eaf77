"""A correction says when it was written, and that is no earlier than signature and manufacture.

Source: EReg guidelines for IVI 2.0, 1.12: the date and time of a correction is that of the correction, not of the first
document. A correction dated earlier carries the moment of the first document.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    number = document.document_version
    if number is None or number <= 1:
        return
    dates, path = document.dates, document.path("document_date")
    name = path.rpartition("/")[2]
    if dates.document is None:
        if document.tree.value(path) is None:
            yield Breach(
                path,
                f"The document is version {number}, a correction, but {name} is missing: write when it was corrected.",
            )
        return
    for event, moment in (("signature", dates.signature), ("manufacture", dates.manufacture)):
        if moment is not None and dates.document < moment:
            sentence = (
                f"The document is version {number}, a correction, but its {name} ({dates.document}) lies before the "
                f"{event} ({moment}): write when it was corrected."
            )
            yield Breach(path, sentence)
            return


RULE = Rule(
    id="correction.moment",
    level=Level.WARNING,
    about="A correction carries its own date and time.",
    source="EReg guidelines for IVI 2.0, 1.12",
    look=_look,
    applies="documents with a version above 1",
)
