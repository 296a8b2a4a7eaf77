"""The identification number in the document is the one in the file name, when the name holds one.

Source: Samsvar's own; importers name files after the vehicle, and a mismatch means that a wrong file was exported. A
number is a stretch of 17 letters and digits that holds both and ends in four digits, as ISO 3779 has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_STRETCH = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{13}[0-9]{4}(?![A-Za-z0-9])")


def _look(document: IviDocument, context: CheckContext) -> Iterator[Breach]:
    if document.vin is None or not context.file_name:
        return
    named = {word.upper() for word in _STRETCH.findall(context.file_name) if not word.isdigit()}
    if named and document.vin.upper() not in named:
        other = quoted(sorted(named)[0])
        sentence = (
            f"The file is named after vehicle {other}, but the document in it is about {quoted(document.vin)}: drop "
            "the right document under this name, or name the file after its vehicle."
        )
        yield Breach(document.path("vin"), sentence)


RULE = Rule(
    id="vin.file_name",
    level=Level.ERROR,
    about="A file named after a vehicle holds the document of that vehicle.",
    source="Samsvar",
    look=_look,
    applies="files named after a vehicle",
)
