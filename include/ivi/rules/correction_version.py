"""The version number of a document is given and begins at 1.

Source: EReg guidelines for IVI 2.0, 1.7 and 1.12: the first document about a vehicle has version 1, each correction the
next number and a new reference id. A technical resend keeps its number. IVI 2.0 demands the number by schema; 1.x
(VersionCoc) does not, and a missing one is a remark there.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_UNUSUAL = 20


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    path, number = document.path("document_version"), document.document_version
    name = path.rpartition("/")[2]
    if number is None:
        if document.family == "1.x" and document.tree.value(path) is None:
            sentence = (
                f"{name} is missing, so nobody can tell a correction from the first document: write 1 for the first."
            )
            yield Breach(path, sentence, Level.INFO)
    elif number == 0:
        yield Breach(path, f"{name} is 0, and the first document about a vehicle has version 1: correct it.")
    elif number > _UNUSUAL:
        sentence = f"{name} says {number}, and so many corrections of one vehicle are unusual: check the number."
        yield Breach(path, sentence, Level.INFO)


RULE = Rule(
    id="correction.version",
    level=Level.WARNING,
    about="The version number of the document is given and is 1 or more.",
    source="EReg guidelines for IVI 2.0, 1.7 and 1.12",
    look=_look,
)
