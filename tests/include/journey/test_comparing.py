"""Which vehicle of the register is ours, and where it says something else than we declared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from include.config.blocks import Registration
from include.journey.comparing import agree, differences, ours
from include.journey.held import held_of, key_of
from include.journey.registration import is_registered, look_of, pause, registered_on
from include.ledger.registration import Watched
from include.register.port import Absent, Found, NotAsked, Unreadable
from include.register.record import VehicleRecord

DECLARED = Watched(
    submission_id=uuid4(),
    document_id=1,
    look_at=datetime(2026, 11, 1, tzinfo=UTC),
    age_days=3.0,
    vin="W0L0TGF487G011234",
    make="VOLKSWAGEN, VW",
    type_approval="e6*2007/46*0289*09",
    variant="AXB",
    version_code="5-A",
    avgiftskode="101",
    kuid="1000000001",
    merkekode="4350",
)
HELD = VehicleRecord(
    kuid="1000000001",
    understellsnummer="W0L0TGF487G011234",
    merkekode="4350",
    merke="Volkswagen",
    kjennemerke="SB 12345",
    typegodkjenningsnummer="E6*2007/46*0289*09",
    variant="AXB",
    versjon="5A",
    avgiftskode="101",
    registreringsstatus="UREGISTRERT",
)
PACE = Registration()


def kinds(**held: Any) -> list[str]:
    return [one.kind for one in differences(DECLARED, replace(HELD, **held))]


def test_the_same_written_otherwise_is_no_difference() -> None:
    assert kinds() == []
    assert kinds(typegodkjenningsnummer="e6*2007/46*0289") == [], "without its extension"
    assert kinds(merkekode="04350", merke="VW", variant="a x b") == []


@pytest.mark.parametrize(
    ("held", "kind"),
    [
        ({"typegodkjenningsnummer": "e6*2007/46*0290*09"}, "type_approval"),
        ({"variant": "AXC"}, "variant"),
        ({"versjon": "5-B"}, "version"),
        ({"avgiftskode": "102"}, "avgiftskode"),
        ({"merke": "SKODA"}, "make"),
        ({"merkekode": "4351"}, "merkekode"),
        ({"understellsnummer": "W0L0TGF487G011235"}, "vin"),
        ({"kuid": "1000000002"}, "kuid"),
    ],
)
def test_each_kind_of_difference_is_named_with_both_sides(held: dict[str, str], kind: str) -> None:
    (found,) = differences(DECLARED, replace(HELD, **held))
    (said,) = held.values()
    assert (found.kind, found.held) == (kind, said)
    assert found.declared and found.declared in found.sentence and said in found.sentence
    assert found.sentence.endswith(".") and found.next_step.endswith(".")


@pytest.mark.parametrize("nothing", [None, "-", " - ", "--"])
def test_no_value_on_either_side_is_no_difference(nothing: str | None) -> None:
    assert kinds(variant=nothing, versjon=nothing, avgiftskode=nothing, merke=nothing) == []
    declared = replace(DECLARED, variant=nothing, make=nothing, avgiftskode=nothing)
    assert differences(declared, HELD) == ()


def test_a_shorter_version_is_another_version_but_a_shorter_approval_is_not() -> None:
    assert kinds(versjon="5") == ["version"]
    assert agree("e6*2007/46*0289*09", "e6*2007/46*0289") and not agree("e6*2007/46*0289*09", "e6*2007/46*0288")


def test_ours_is_found_by_kuid_then_by_make() -> None:
    other = replace(HELD, kuid="1000000009", merkekode="7777")
    assert ours(DECLARED, [other, HELD]).vehicle is HELD
    assert ours(replace(DECLARED, kuid=None), [other, HELD]).vehicle is HELD
    anew = replace(HELD, kuid="1000000005")
    assert ours(DECLARED, [other, anew]).vehicle is anew, "made anew: another kuid, the same make"


def test_several_that_cannot_be_told_apart_are_ambiguous_and_another_make_is_said() -> None:
    declared = replace(DECLARED, kuid=None, merkekode=None)
    two = [HELD, replace(HELD, kuid="1000000009", merkekode="7777")]
    found = ours(declared, two)
    assert found.vehicle is None and found.difference is not None and found.difference.kind == "ambiguous"
    assert "1000000009" in (found.difference.held or "")
    wrong = ours(DECLARED, [replace(HELD, kuid="1", merkekode="7777")])
    assert wrong.vehicle is None and wrong.difference is not None and wrong.difference.kind == "merkekode"


def test_a_registered_vehicle_without_differences_is_watched_no_more() -> None:
    registered = replace(HELD, registreringsstatus="REGISTRERT", registrert_forstegang_norge=date(2026, 11, 20))
    look = look_of(DECLARED, Found((registered,)), PACE)
    assert look and (look.said, look.registered_on, look.ended) == ("registered", date(2026, 11, 20), "registered")
    other = look_of(DECLARED, Found((replace(registered, variant="AXC"),)), PACE)
    assert other and (other.said, other.ended) == ("registered", None), "until register and declaration agree"


def test_registration_is_read_from_date_or_status_and_an_unknown_code_says_nothing() -> None:
    assert not is_registered(replace(HELD, registreringsstatus="NOE_NYTT"))
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    status_only = replace(HELD, registreringsstatus="Registrert", registrering_fom=late)
    assert is_registered(status_only) and registered_on(status_only) == date(2026, 11, 21), "the day in Norway"
    assert registered_on(HELD) is None


def test_what_is_missing_is_a_difference_once_the_lag_is_over() -> None:
    young = look_of(replace(DECLARED, age_days=0.01), Absent(), PACE)
    assert young and (young.said, young.differences) == ("absent", ())
    (gone,) = (look_of(DECLARED, Absent(), PACE) or pytest.fail()).differences or ()
    assert gone.kind == "not_in_register" and "3 days" in gone.sentence


def test_an_answer_that_settles_nothing_changes_nothing_known() -> None:
    look = look_of(DECLARED, Unreadable("x"), PACE)
    assert look and (look.said, look.differences, look.ended) == ("unreadable", None, None)
    assert look_of(DECLARED, NotAsked("away"), PACE) is None and look_of(DECLARED, None, PACE) is None


def test_it_looks_every_night_then_weekly_then_monthly_and_once_stops() -> None:
    days = {age: round(timedelta(seconds=pause(age, PACE)) / timedelta(days=1), 1) for age in (0, 13.9, 14, 89, 90)}
    assert days == {0: 0.8, 13.9: 0.8, 14: 6.8, 89: 6.8, 90: 29.8}
    assert pause(20, Registration(daily_days=30)) < 86_400
    old = look_of(replace(DECLARED, age_days=731), Found((HELD,)), PACE)
    assert old and old.ended == "too_old"


def test_what_is_kept_names_a_vehicle_and_nobody() -> None:
    known = replace(HELD, eierskap=b"owner", leasingtaker="holder")
    kept = held_of(known)
    assert "owner" not in str(kept) and "holder" not in str(kept) and kept["variant"] == "AXB"
    assert not {"eierskap", "leasingtaker", "kontrollfrist"} & set(kept)
    assert key_of(known) == "kuid 1000000001"
    assert key_of(replace(known, kuid=None, merkekode="0435")) == f"vin {DECLARED.vin}/435"
    assert key_of(VehicleRecord(kjennemerke="sb 12345")) == "plate SB12345"
