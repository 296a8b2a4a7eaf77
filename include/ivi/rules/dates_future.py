"""No date of the document lies in the future.

Source: Samsvar's own; an approval, a manufacture and a signature have happened when the document is written. A day is
allowed for time zones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.fields import Field
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_ZONES = timedelta(days=1)


def _look(document: IviDocument, context: CheckContext) -> Iterator[Breach]:
    dates = document.dates
    latest = context.today + _ZONES
    named: tuple[tuple[str, date | None, Field], ...] = (
        ("approval", dates.approval, "approval_date"),
        ("manufacture", dates.manufacture, "manufacture_date"),
        ("signature", dates.signature, "signature_date"),
        ("document", dates.document, "document_date"),
    )
    for name, moment, place in named:
        if moment is not None and moment > latest:
            sentence = f"The date of {name} is {moment}, which is still to come (today is {context.today}): correct it."
            yield Breach(document.path(place), sentence)


RULE = Rule(
    id="dates.future",
    level=Level.WARNING,
    about="Approval, manufacture, signature and document lie in the past.",
    source="Samsvar",
    look=_look,
    applies="documents with dates",
)
