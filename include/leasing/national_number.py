"""National identity numbers: whose form and check digits are right, and which are made up for tests.

`python-stdnum` knows the check digits, the centuries and D-numbers (day + 40). Ours are the synthetic numbers of test
systems (month + 40, + 65 or + 80; Skatteetaten and others), which only test may hold. Nothing here quotes a number.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer, orgnr

from include.authority.address import Environment

Fault = Literal["form", "check_digits", "date", "synthetic"]

_SYNTHETIC = (80, 65, 40)  # the largest first: month 88 is 8 + 80, not 48 + 40


class NumberRefused(Exception):
    """Not a number that may be sent; `fault` says why, and nothing says which number it was."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


def person_number(text: str, environment: Environment) -> str:
    """The eleven digits of a fødselsnummer or D-number, blanks and hyphen taken out.

    :raises NumberRefused: wrong form, check digits or date, or a synthetic number in prod
    """
    number = fodselsnummer.compact(text)
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        raise NumberRefused("form")
    if number[9:] != fodselsnummer.calc_check_digit1(number) + fodselsnummer.calc_check_digit2(number):
        raise NumberRefused("check_digits")
    synthetic, born = _born(number)
    if born is None or born > date.today():
        raise NumberRefused("date")
    if synthetic and environment != "test":
        raise NumberRefused("synthetic")
    return number


def organisation_number(text: str) -> str:
    """The nine digits of an organisasjonsnummer.

    :raises NumberRefused: wrong form or check digit
    """
    try:
        number: str = orgnr.validate(orgnr.compact(text).removeprefix("NO").removesuffix("MVA"))
    except ValidationError as error:
        raise NumberRefused("check_digits" if "check digit" in str(error) else "form") from None
    return number


def is_synthetic(number: str) -> bool:
    """Whether a number of the right form is one of a test system."""
    return _born(number)[0]


def _born(number: str) -> tuple[bool, date | None]:
    """Whether the month is that of a synthetic number, and the date of birth; None when there is no such day.

    The library itself takes the 40 of a D-number off the day.
    """
    month = int(number[2:4])
    added = next((each for each in _SYNTHETIC if 1 <= month - each <= 12), 0)
    try:
        return bool(added), fodselsnummer.get_birth_date(f"{number[:2]}{month - added:02}{number[4:]}")
    except ValidationError:
        return bool(added), None
