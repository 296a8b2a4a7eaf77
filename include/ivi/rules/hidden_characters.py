"""Names and numbers that identify a document hold no characters that nobody sees.

Source: Samsvar's own. XML lets direction marks, zero-width blanks and line ends through; in a number they make two
vehicles that look the same, and in a log they make text that was never written.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.fields import PATHS, Field
from include.ivi.finding import Level, hidden_characters
from include.ivi.rule import Breach, Rule

_FIELDS: tuple[Field, ...] = ("vin", "reference", "type_approval", "type", "variant", "version_code", "make")
_IDENTIFY: frozenset[Field] = frozenset({"vin", "reference"})


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    paths, value_at = PATHS[document.family], document.tree.value
    for name in _FIELDS:
        value = value_at(paths[name])
        if value is None or (value.isascii() and value.isprintable()):
            continue
        hidden = hidden_characters(value)
        if hidden:
            path = document.path(name)
            listed = ", ".join(dict.fromkeys(hidden[:5]))
            sentence = f"{path.rpartition('/')[2]} holds hidden characters ({listed}): type the value anew."
            yield Breach(path, sentence, Level.ERROR if name in _IDENTIFY else None)


RULE = Rule(
    id="text.hidden_characters",
    level=Level.WARNING,
    about="Identifying texts hold no invisible characters; in the VIN and the reference id they are an error.",
    source="Samsvar",
    look=_look,
    applies="every document",
)
