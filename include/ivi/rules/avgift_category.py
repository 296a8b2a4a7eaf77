"""The avgiftskode that will be sent is plausible for the vehicle category.

Source: code list AVGIFT of Statens vegvesen; which category a code is for is Samsvar's own reading. The list is open,
so a code that is not in `avgift.tsv` is a remark only, and nothing is held back: the authority knows better.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule


@lru_cache(maxsize=1)
def _codes() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name and categories by code. Raises ValueError where a line is malformed."""
    lines = files(__package__).joinpath("avgift.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {code: (name, tuple(categories.replace("*", "").split() or ("",))) for code, name, categories in rows}


def _look(document: IviDocument, context: CheckContext) -> Iterator[Breach]:
    code = context.code_for(document)
    if code is None or document.category is None:
        return
    path = document.path("category")
    known = _codes().get(code)
    if known is None:
        level = Level.INFO if len(code) == 3 and code.isascii() and code.isdigit() else None
        sentence = (
            f"The avgiftskode {quoted(code)} is not among the codes Samsvar knows: check that it is the wanted one."
        )
        yield Breach(path, sentence, level)
        return
    name, categories = known
    if not document.category.startswith(categories):
        sentence = (
            f"The avgiftskode {code} ({name}) goes with category {', '.join(categories)}, and the category is "
            f"{quoted(document.category)}: check the code in the sidecar, the manifest or the rules of the importer."
        )
        yield Breach(path, sentence)


RULE = Rule(
    id="avgift.category",
    level=Level.WARNING,
    about="The avgiftskode to be sent is plausible for the category.",
    source="Statens vegvesen, code list AVGIFT",
    look=_look,
    applies="documents whose avgiftskode is known",
)
