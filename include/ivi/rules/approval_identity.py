"""Type, variant and version are there.

Source: Statens vegvesen classifies a vehicle by type approval, variant and version, and refuses one it cannot
classify. IVI 2.0 demands all three by schema; 1.x demands none.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.fields import Field
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_FIELDS: tuple[Field, ...] = ("type", "variant", "version_code")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.family != "1.x":
        return
    for name in _FIELDS:
        path = document.path(name)
        if document.tree.value(path) is None:
            sentence = f"{path.rpartition('/')[2]} is missing, and the vehicle is classified by it: fill it in."
            yield Breach(path, sentence)


RULE = Rule(
    id="approval.type_variant_version",
    level=Level.WARNING,
    about="Type, variant and version are filled in.",
    source="Statens vegvesen, eCoC interface: classification by type approval, variant and version",
    look=_look,
    applies="1.x only",
)
