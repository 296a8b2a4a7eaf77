"""Approval, manufacture, signature and document follow each other in time.

Source: Samsvar's own; a vehicle is made after its type is approved, and its document is written after it is made.
EReg's own specimens carry a moment of the document from before the signature, so that is a remark only, and for a
correction another rule speaks of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.fields import Field
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    dates = document.dates
    named: tuple[tuple[str, date | None, Field], ...] = (
        ("approval", dates.approval, "approval_date"),
        ("manufacture", dates.manufacture, "manufacture_date"),
        ("signature", dates.signature, "signature_date"),
        ("document", dates.document, "document_date"),
    )
    known = [(name, moment, place) for name, moment, place in named if moment is not None]
    for (earlier, first, _), (later, second, place) in pairwise(known):
        if first <= second or (place == "document_date" and (document.document_version or 1) > 1):
            continue
        sentence = f"The date of {later} ({second}) lies before that of {earlier} ({first}): correct one of them."
        yield Breach(document.path(place), sentence, Level.INFO if place == "document_date" else None)


RULE = Rule(
    id="dates.order",
    level=Level.WARNING,
    about="Date of approval <= manufacture <= signature <= document.",
    source="Samsvar",
    look=_look,
    applies="documents with two or more dates",
)
