"""The emission level is one of the row that its category is approved by: Euro 6 for light, Euro VI for heavy vehicles.

Source: Regulation (EC) No 715/2007, Article 2 (light vehicles, Arabic numbers), Regulation (EC) No 595/2009, Article 2
(heavy vehicles, Roman numbers; reference mass above 2,610 kg, on request above 2,380 kg), Regulation (EU) No 168/2013
(category L, up to Euro 5+). Reference mass = mass in running order - 75 kg + 100 kg. Euro 7 has Arabic numbers for all.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_ROMAN = frozenset({"I", "II", "III", "IV", "V", "VI", "EEV"})
_ARABIC = frozenset("123456")
_ABOVE_L = frozenset({"6", "7"}) | _ROMAN
_LIGHTEST_HEAVY = 2380
_DRIVER = 25


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    kind = (document.category or "")[:2]
    if not kind.startswith(("L", "M", "N")):
        return
    for path, level in document.emissions.levels:
        number = level.upper().removeprefix("EURO").strip().partition(" ")[0]
        wanted = _wanted(kind, number, document.masses.running_order)
        if wanted is not None:
            sentence = f"The emission level {quoted(level)} is not one of {wanted}: correct the level or the category."
            yield Breach(path, sentence)


def _wanted(kind: str, number: str, running_order: int | None) -> str | None:
    if kind.startswith("L"):
        return "category L, which goes up to Euro 5+" if number in _ABOVE_L else None
    if kind in ("M3", "N3"):
        return "heavy vehicles, such as Euro VI E" if number in _ARABIC else None
    if kind in ("M1", "N1") and number in _ROMAN and running_order is not None:
        light = running_order + _DRIVER <= _LIGHTEST_HEAVY
        return "light vehicles, such as Euro 6 EA" if light else None
    return None


RULE = Rule(
    id="emissions.level_form",
    level=Level.WARNING,
    about="Light vehicles have Arabic, heavy ones Roman emission levels; category L ends at Euro 5+.",
    source="Regulations (EC) No 715/2007 and 595/2009, Article 2; Regulation (EU) No 168/2013",
    look=_look,
    applies="M1, N1, M3, N3, L",
)
