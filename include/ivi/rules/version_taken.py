"""The version of a document is one that the authority takes.

Source: the setting `versions_taken` of the installation. EReg's versions of one main version are compatible with each
other, but an authority publishes which ones it takes, so what it does not take is certain to be refused. Without the
setting every version is taken. A 1.x document that does not name its version is taken as one of 1.x.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, context: CheckContext) -> Iterator[Breach]:
    taken = context.versions_taken
    if taken is None:
        return
    if document.version is None:
        refused = document.family == "1.x" and not any(version.startswith("1.") for version in taken)
    else:
        refused = document.version not in taken
    if refused:
        said = f"IVI {quoted(document.version)[1:-1]}" if document.version else "IVI 1.x"
        listed = ", ".join(sorted(taken)) or "none"
        sentence = f"The document is of {said}, and the versions that are taken are {listed}: export it in one of them."
        yield Breach(document.path("version"), sentence)


RULE = Rule(
    id="version.taken",
    level=Level.ERROR,
    about="The IVI version is one that the authority takes, where the installation says which these are.",
    source="Setting versions_taken of the installation",
    look=_look,
)
