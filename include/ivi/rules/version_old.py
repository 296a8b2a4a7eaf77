"""The document is of a version that Statens vegvesen has published for.

Source: Statens vegvesen's eCoC page links message book and schema of IVI 1.6. Versions within 1.x are compatible
upwards (EReg guidelines, 1.8), so an older document can be read, but it holds no place for what was added since.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_OLDER = frozenset({"1.1", "1.2", "1.3", "1.3.1", "1.4", "1.5"})


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.version in _OLDER:
        sentence = (
            f"The document is written in IVI {quoted(document.version)}, and Statens vegvesen describes 1.6: export "
            "it in 1.6 or later where the source system can."
        )
        yield Breach(document.path("version"), sentence)


RULE = Rule(
    id="version.old",
    level=Level.INFO,
    about="The version is 1.6 or later.",
    source="Statens vegvesen, eCoC interface: IVI 1.6",
    look=_look,
    applies="1.x only",
)
