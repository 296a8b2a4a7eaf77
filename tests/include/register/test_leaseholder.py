"""Who leases a vehicle, read from wherever a setting says, as a keyed hash only."""

from __future__ import annotations

from typing import Any

import pytest

from include.register.leaseholder import LeaseholderReader
from include.register.reading import vehicle
from include.register.record import NOBODY

READER = LeaseholderReader("eierskap.leasingtaker", lambda kind, number: f"{kind}:{hash(number)}")
PERSON, COMPANY = f"person:{hash('63888700414')}", f"organisation:{hash('310000019')}"


def row(leasingtaker: Any = ..., **more: Any) -> dict[str, Any]:
    owner = {"eier": {"person": {"fodselsnummer": "01010750160"}}} | more
    return {
        "kjoretoyId": {"kuid": "1"},
        "eierskap": owner if leasingtaker is ... else owner | {"leasingtaker": leasingtaker},
    }


@pytest.mark.parametrize(
    ("leasingtaker", "read"),
    [
        (..., None),
        (None, NOBODY),
        ([], NOBODY),
        ({}, NOBODY),
        ({"person": {"fodselsnummer": "63888700414"}}, PERSON),
        ({"fodselsnummer": "638887 00414"}, PERSON),
        ([{"organisasjon": {"organisasjonsnummer": 310000019}}], COMPANY),
        ({"person": {"fodselsnummer": "63888700414"}, "kopi": {"fodselsnummer": "63888700414"}}, PERSON),
        ([{"fodselsnummer": "63888700414"}, {"organisasjonsnummer": "310000019"}], None),
        ({"person": {"fodselsnummer": "-"}}, None),
        ({"person": {"fodselsnummer": "638887*****"}}, None),
        ({"person": {"fornavn": "Kari"}}, None),
        ("Kari", None),
        (3, None),
    ],
)
def test_only_one_readable_number_or_an_empty_place_says_anything(leasingtaker: Any, read: str | None) -> None:
    assert READER.read(row(leasingtaker)) == read


@pytest.mark.parametrize("broken", [None, [], "x", {"eierskap": None}, {"eierskap": []}, {}])
def test_what_is_no_vehicle_says_nothing(broken: Any) -> None:
    assert READER.read(broken) is None


def test_a_vehicle_carries_the_hash_only_where_it_is_asked_for_and_shows_it_nowhere() -> None:
    told = row({"fodselsnummer": "63888700414"})
    with_holder, without = vehicle(told, None, READER), vehicle(told)
    assert with_holder is not None and without is not None
    assert (with_holder.leasingtaker, without.leasingtaker) == (PERSON, None)
    assert PERSON not in repr(with_holder) and "63888700414" not in repr(with_holder)
