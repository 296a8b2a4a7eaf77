"""Where the avgiftsKode of a document comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from include.errors import ContentRefused
from include.vegvesen.avgift import AvgiftRules, Avgiftsklassifisering, resolve_avgift


@dataclass
class Vehicle:
    category: str | None = "M1"
    type_approval: str | None = "e6*2007/46*0289*09"
    variant: str | None = "AXAH54"
    version_code: str | None = "AXAH54L(1D)"


RULES = AvgiftRules(
    default="101",
    by_category={"M1": "106"},
    by_type_approval={
        "e6*2007/46*0289*09": "107",
        "e6*2007/46*0289*09|AXAH54|AXAH54L(1D)": "312",
        "e6*2007/46*0289*09|AXAH55": "315",
    },
    by_variant={"AXAH54": "314", "BXAH": "310"},
)


def resolved(
    rules: AvgiftRules = RULES,
    vehicle: Vehicle | None = None,
    sidecar: Mapping[str, object] | None = None,
    row: Mapping[str, object] | None = None,
) -> Avgiftsklassifisering:
    return resolve_avgift(sidecar, row, rules, vehicle or Vehicle())


def test_the_sidecar_wins_over_everything() -> None:
    found = resolved(sidecar={"avgiftsKode": 210}, row={"avgiftsKode": "211"})
    assert (found.avgiftsKode, found.source) == ("210", "sidecar")


@pytest.mark.parametrize("sidecar", [None, {}, {"avgiftsKode": None}, {"avgiftsKode": "  "}])
def test_the_manifest_wins_over_the_rules_when_the_sidecar_gives_no_code(sidecar: Mapping[str, object] | None) -> None:
    found = resolved(sidecar=sidecar, row={"avgiftsKode": " 211 "})
    assert (found.avgiftsKode, found.source) == ("211", "manifest")


@pytest.mark.parametrize(
    ("vehicle", "code"),
    [
        (Vehicle(), "312"),
        (Vehicle(version_code="other"), "314"),
        (Vehicle(variant="AXAH55"), "315"),
        (Vehicle(variant="none such"), "107"),
        (Vehicle(variant=None), "107"),
        (Vehicle(variant="BXAH", type_approval="e1*other"), "310"),
        (Vehicle(variant="x", type_approval="e1*other"), "106"),
        (Vehicle(variant=None, type_approval=None), "106"),
    ],
)
def test_the_most_exact_rule_of_the_party_wins(vehicle: Vehicle, code: str) -> None:
    found = resolved(vehicle=vehicle)
    assert (found.avgiftsKode, found.source) == (code, "party_rule")


def test_the_default_comes_last_and_without_it_there_is_none() -> None:
    unknown = Vehicle("O4", None, None, None)
    assert resolved(vehicle=unknown) == Avgiftsklassifisering("101", None, None, "party_default")
    assert resolved(AvgiftRules(), unknown) == Avgiftsklassifisering(None, None, None, "none")


def test_seats_and_beds_come_each_from_the_first_source_that_gives_them() -> None:
    rules = AvgiftRules(default="316", seats=4, camper_beds="2")
    assert resolved(rules) == Avgiftsklassifisering("316", "4", "2", "party_default")
    found = resolved(rules, sidecar={"sengeplasserCampingbil": 6}, row={"sitteplasserNorskGodkjenning": "0"})
    assert found == Avgiftsklassifisering("316", "0", "6", "party_default")


@pytest.mark.parametrize(("code", "beds"), [("313", "2"), ("316", "2"), ("101", None), ("312", None)])
def test_beds_are_kept_for_camper_codes_only(code: str, beds: str | None) -> None:
    found = resolved(sidecar={"avgiftsKode": code, "sengeplasserCampingbil": "2"})
    assert found.sengeplasserCampingbil == beds


@pytest.mark.parametrize("value", [True, 101.0, ["101"], {"kode": "101"}])
def test_a_value_of_another_kind_is_refused_with_one_sentence(value: object) -> None:
    with pytest.raises(ContentRefused, match="avgiftsKode that is neither text nor a whole number"):
        resolved(sidecar={"avgiftsKode": value})
