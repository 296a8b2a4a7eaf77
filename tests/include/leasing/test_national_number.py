"""National numbers: real, D-numbers and synthetic ones, in test and in prod."""

from __future__ import annotations

import random

import pytest
from stdnum.no import fodselsnummer

from include.leasing.national_number import NumberRefused, is_synthetic, organisation_number, person_number

PUBLISHED = "63888700414"


def made(day: int, month: int, year: int, *, serial_from: int = 0) -> str:
    """A number with right check digits for these six digits."""
    for serial in range(serial_from, 1000):
        nine = f"{day:02}{month:02}{year:02}{serial:03}"
        first = fodselsnummer.calc_check_digit1(nine)
        second = fodselsnummer.calc_check_digit2(nine + first)
        if len(first + second) == 2:
            return nine + first + second
    raise AssertionError("no serial fits")


def fault(text: str, environment: str = "test") -> str | None:
    try:
        person_number(text, environment)  # type: ignore[arg-type]
    except NumberRefused as refused:
        assert not any(character.isdigit() for character in f"{refused}{refused.args}")
        return refused.fault
    return None


def test_the_published_person_passes_in_test_and_is_refused_in_prod() -> None:
    assert person_number(PUBLISHED, "test") == PUBLISHED
    assert fault(PUBLISHED, "prod") == "synthetic"
    assert is_synthetic(PUBLISHED)


@pytest.mark.parametrize("added_to_day", [0, 40])
@pytest.mark.parametrize("added_to_month", [0, 40, 65, 80])
@pytest.mark.parametrize(("day", "month"), [(1, 1), (31, 12), (29, 2), (15, 8)])
def test_each_form_of_number(added_to_day: int, added_to_month: int, day: int, month: int) -> None:
    number = made(day + added_to_day, month + added_to_month, 72)
    assert fault(number, "test") is None
    assert fault(number, "prod") == ("synthetic" if added_to_month else None)
    assert is_synthetic(number) is bool(added_to_month)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "form"),
        ("6388870041", "form"),
        ("638887004144", "form"),
        ("6388870041x", "form"),
        ("٦٣٨٨٨٧٠٠٤١٤", "form"),
        ("63888700415", "check_digits"),
        ("36888700414", "check_digits"),
        ("00000000000", "date"),
    ],
)
def test_what_is_no_number(text: str, said: str) -> None:
    assert fault(text) == said


@pytest.mark.parametrize(
    ("day", "month"),
    [(30, 2), (31, 4), (32, 1), (72, 1), (1, 13), (1, 38), (1, 53), (1, 78), (1, 93), (0, 5), (40, 5), (81, 5)],
)
def test_dates_that_do_not_exist(day: int, month: int) -> None:
    assert fault(made(day, month, 72)) == "date"


def test_leap_days_and_people_who_are_not_born() -> None:
    assert fault(made(29, 2, 73)) == "date"
    assert fault(made(29, 2, 4, serial_from=500)) is None
    assert fault(made(1, 1, 39, serial_from=500)) == "date"


def test_blanks_and_a_hyphen_are_taken_out() -> None:
    assert person_number(" 638887 00414 ", "test") == PUBLISHED
    assert person_number("638887-00414", "test") == PUBLISHED


def test_one_wrong_digit_is_always_found() -> None:
    rng = random.Random(7)
    for _ in range(300):
        number = made(
            rng.randint(1, 28),
            rng.choice([0, 40, 65, 80]) + rng.randint(1, 12),
            rng.randint(0, 99),
            serial_from=rng.randint(0, 400),
        )
        at = rng.randrange(11)
        wrong = number[:at] + str((int(number[at]) + rng.randint(1, 9)) % 10) + number[at + 1 :]
        assert fault(wrong) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("310000019", None),
        ("310 000 019", None),
        ("310000018", "check_digits"),
        ("31000001", "form"),
        ("NO 310000019 MVA", None),
        ("abc", "form"),
    ],
)
def test_organisation_numbers(text: str, said: str | None) -> None:
    try:
        found: str | None = organisation_number(text)
    except NumberRefused as refused:
        assert refused.fault == said
    else:
        assert said is None and found == "310000019"
