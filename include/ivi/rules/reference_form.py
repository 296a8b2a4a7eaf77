"""The reference id is there and has the form of its family.

Source: IVI 1.11 schema (1.x: present, at most 36 characters, any form) and EReg's guidelines for IVI 2.0 (a UUID of
version 4). A vehicle is deleted by its reference as part of an address, so blanks and slashes are warned about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_UUID4 = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}")
_LONGEST = 36
_PLAIN = re.compile(r"[\w.\-*{}()]+")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    path, reference = document.path("reference"), document.reference
    name = path.rpartition("/")[2]
    if reference is None:
        yield Breach(path, f"{name} is missing: give every document a reference id of its own.")
    elif document.family == "2.0" and not _UUID4.fullmatch(reference):
        sentence = (
            f"{name} holds {quoted(reference)}, which is no UUID of version 4: let the system that exports make one."
        )
        yield Breach(path, sentence)
    elif len(reference) > _LONGEST:
        yield Breach(path, f"{name} has {len(reference)} characters and at most {_LONGEST} are taken: shorten it.")
    elif not _PLAIN.fullmatch(reference):
        sentence = (
            f"{name} holds {quoted(reference)}: use letters, digits and hyphens only, or a deletion may fail later."
        )
        yield Breach(path, sentence, Level.WARNING)


RULE = Rule(
    id="reference.form",
    level=Level.ERROR,
    about="The reference id is present; a UUID of version 4 in IVI 2.0, at most 36 characters in 1.x.",
    source="IVI 1.11 schema; EReg guidelines for IVI 2.0",
    look=_look,
    applies="every document",
)
