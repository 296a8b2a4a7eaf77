"""The check digit of an identification number from North America or China is right.

Source: ISO 3779 and 49 CFR 565 (position 9, weights and letter values). Europe has no check digit, so numbers from
other parts of the world are left alone; nothing is refused for it, and the rule never says more than a remark.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_USED_BY = frozenset("12345L")
_VALUES = {char: number for number, char in enumerate("0123456789")}
_VALUES.update(zip("ABCDEFGH", range(1, 9), strict=True))
_VALUES.update(zip("JKLMN", range(1, 6), strict=True))
_VALUES.update(P=7, R=9)
_VALUES.update(zip("STUVWXYZ", range(2, 10), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    vin = document.vin
    if vin is None or len(vin) != len(_WEIGHTS) or vin[0] not in _USED_BY:
        return
    if not all(char in _VALUES for char in vin):
        return
    left = sum(weight * _VALUES[char] for weight, char in zip(_WEIGHTS, vin, strict=True)) % 11
    wanted = "X" if left == 10 else str(left)
    if vin[8] != wanted:
        sentence = (
            f"Character 9 of the identification number is {vin[8]}, and the check digit would be {wanted}: compare the "
            "number with the vehicle, since one character may be mistyped."
        )
        yield Breach(document.path("vin"), sentence)


RULE = Rule(
    id="vin.check_digit",
    level=Level.INFO,
    about="Character 9 of a number from North America or China is the check digit.",
    source="ISO 3779; 49 CFR 565",
    look=_look,
    applies="numbers that begin with 1 to 5 or L",
)
