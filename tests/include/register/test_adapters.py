"""Both adapters against the sandbox over real sockets: what is found, what is absent, and what settles nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest

from include.errors import AccessDenied, ConfigurationError
from include.register.port import Absent, Found, NotAsked, Unreadable
from include.sandbox.faults import FaultKind, FaultPlan, Latency

VIN = "DOKUMENTASJONDEMO"
OTHER = "TESTSISDINKY00004"
BOTH = pytest.mark.parametrize("name", ["fiks", "own"])
SHAPES = ["own", "list", "responses", "search", "single", "request", "request_list"]
SERVICE = {"fiks": "fiks", "own": "vegvesen_register"}


@BOTH
def test_a_created_vehicle_is_found_with_what_the_authority_keeps_of_it(adapter: Any, put: Any, name: str) -> None:
    vehicle = put(VIN)
    looked = adapter(name).lookup_vins([VIN, OTHER])
    assert looked[OTHER] == Absent()
    (record,) = looked[VIN].vehicles
    assert (record.kuid, record.understellsnummer, record.merkekode) == (vehicle.kuid, VIN, str(vehicle.merkekode))
    assert (record.typegodkjenningsnummer, record.variant, record.versjon) == ("e6*2007/46*0289*09", "VAR1", "VER2")
    assert (record.avgiftskode, record.registreringsstatus, record.is_registered) == ("101", "UREGISTRERT", False)
    assert (record.kjennemerke, record.eierskap) == (None, None)


@BOTH
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("absent", ["empty", "null", "204"])
def test_every_shape_of_an_answer_is_understood(
    adapter: Any, put: Any, sandbox: Any, name: str, shape: str, absent: str
) -> None:
    sandbox.knobs.turn({"register_shape": shape, "register_absent": absent})
    known = [put(f"TESTSISDINKY0{number:04}").vin for number in range(7)]
    unknown = [f"TESTSISDINKY1{number:04}" for number in range(7)]
    looked = adapter(name).lookup_vins(known + unknown)
    assert {vin: type(one) for vin, one in looked.items()} == dict.fromkeys(known, Found) | dict.fromkeys(
        unknown, Absent
    )


@BOTH
@pytest.mark.parametrize("shape", ["responses", "search", "request", "request_list"])
def test_a_code_instead_of_a_vehicle_is_not_absent_until_a_setting_says_so(
    adapter: Any, put: Any, sandbox: Any, name: str, shape: str
) -> None:
    sandbox.knobs.turn({"register_shape": shape, "register_absent": "message"})
    put(VIN)
    looked = adapter(name).lookup_vins([VIN, OTHER])
    assert isinstance(looked[VIN], Found)
    assert isinstance(looked[OTHER], Unreadable)
    assert "SANDKASSE_KJORETOY_IKKE_FUNNET" in looked[OTHER].sentence
    told = adapter(name, {"absent_messages": "annet, sandkasse_kjoretoy_ikke_funnet"}).lookup_vins([VIN, OTHER])
    assert (type(told[VIN]), told[OTHER]) == (Found, Absent())


def test_a_vehicle_left_out_of_an_answer_with_a_row_for_each_is_not_absent(own: Any, put: Any, sandbox: Any) -> None:
    sandbox.knobs.turn({"register_absent": "omitted"})
    put(VIN)
    looked = own().lookup_vins([VIN, OTHER])
    assert (type(looked[VIN]), type(looked[OTHER])) == (Found, Unreadable)


@BOTH
def test_an_unreadable_row_hurts_no_other_vehicle(adapter: Any, put: Any, sandbox: Any, name: str) -> None:
    for shape in SHAPES:
        sandbox.knobs.turn({"register_broken_item": OTHER, "register_shape": shape})
        put(VIN)
        looked = adapter(name).lookup_vins([VIN, OTHER, "TESTSISDINKY99999"])
        assert [type(one) for one in looked.values()] == [Found, Unreadable, Absent], shape


@BOTH
def test_two_makes_under_one_vin_are_both_there(adapter: Any, put: Any, name: str) -> None:
    first, second = put(VIN, make="VOLVO"), put(VIN, make="OPEL")
    found = adapter(name).lookup_vins([VIN])[VIN]
    assert {record.kuid for record in found.vehicles} == {first.kuid, second.kuid}
    assert [record.merke for record in found.vehicles if record.has_make(4350)] == ["OPEL"]


@BOTH
def test_a_deleted_vehicle_is_absent_and_a_new_one_is_seen_when_the_register_has_caught_up(
    adapter: Any, put: Any, sandbox: Any, name: str
) -> None:
    register = adapter(name)
    gone = put(VIN)
    sandbox.vehicles.remove(gone)
    sandbox.knobs.turn({"lookup_lag_seconds": 0.4})
    put(OTHER)
    assert register.lookup_vins([VIN, OTHER]) == {VIN: Absent(), OTHER: Absent()}
    time.sleep(0.5)
    assert isinstance(register.lookup_vins([OTHER])[OTHER], Found)


@BOTH
def test_a_registered_vehicle_is_found_by_its_plate_in_any_spelling(
    adapter: Any, put: Any, sandbox: Any, name: str
) -> None:
    vehicle = put(VIN)
    sandbox.vehicles.register(VIN)
    plate = vehicle.plate
    asked = [plate, plate.replace(" ", "").lower(), "XX 99999"]
    looked = adapter(name).lookup_plates(asked)
    assert [type(one) for one in looked.values()] == [Found, Found, Absent]
    (record,) = looked[plate].vehicles
    assert (record.kjennemerke, record.is_registered, record.kuid) == (plate, True, vehicle.kuid)
    assert str(record.registrert_forstegang_norge) == "2026-11-20"
    assert isinstance(adapter(name).lookup_kuids([vehicle.kuid])[vehicle.kuid], Found)


@BOTH
def test_a_bad_item_and_too_large_a_question_are_divided_until_everything_else_is_answered(
    adapter: Any, put: Any, sandbox: Any, name: str
) -> None:
    known = [put(f"TESTSISDINKY0{number:04}").kuid for number in range(60)]
    sandbox.knobs.turn({"register_bulk_max": 20, "register_bad_item": known[7]})
    looked = adapter(name, bulk_size=50).lookup_kuids(known)
    assert list(looked) != [] and set(looked) == set(known)
    bad = looked.pop(known[7])
    assert isinstance(bad, Unreadable) and (bad.support_id or "").startswith("svvguid ")
    assert {type(one) for one in looked.values()} == {Found}


def test_a_size_that_is_refused_is_not_tried_again(own: Any, put: Any, sandbox: Any) -> None:
    known = [put(f"TESTSISDINKY0{number:04}").vin for number in range(200)]
    sandbox.knobs.turn({"register_bulk_max": 25})
    assert {type(one) for one in own(max_parallel=1).lookup_vins(known).values()} == {Found}
    assert sandbox.services["vegvesen_register"].requests <= 3 + 8 + 2


@BOTH
def test_when_the_quota_is_used_up_the_rest_is_not_asked(adapter: Any, put: Any, sandbox: Any, name: str) -> None:
    known = [put(f"TESTSISDINKY0{number:04}").vin for number in range(30)]
    sandbox.knobs.turn({"register_quota": 20})
    looked = adapter(name, bulk_size=10, max_parallel=1).lookup_vins(known)
    kinds = [type(one) for one in looked.values()]
    assert kinds == [Found] * 20 + [NotAsked] * 10
    assert looked[known[-1]].retry_after == 3600
    assert "quota" in looked[known[-1]].sentence and "midnight" in looked[known[-1]].sentence


def test_the_remaining_quota_is_told(own: Any, put: Any, sandbox: Any) -> None:
    put(VIN)
    sandbox.knobs.turn({"register_quota": 20})
    register = own()
    register.lookup_vins([VIN])
    assert register.remaining_quota == 19


@BOTH
@pytest.mark.parametrize("kind", ["unavailable", "rate_limited", "error", "lost_answer", "lost_request", "cut_body"])
def test_a_fault_that_passes_is_survived_and_one_that_stays_is_not_asked(
    adapter: Any, put: Any, sandbox: Any, naps: list[float], name: str, kind: str
) -> None:
    put(VIN)
    sandbox.knobs.faults[SERVICE[name]] = FaultPlan(at={1: FaultKind(kind)})
    assert isinstance(adapter(name).lookup_vins([VIN])[VIN], Found)
    assert len(naps) == 1
    sandbox.knobs.faults[SERVICE[name]] = FaultPlan(rates={FaultKind(kind): 1.0})
    before = sandbox.services[SERVICE[name]].requests
    looked = adapter(name, bulk_size=1, max_parallel=1).lookup_vins([VIN, OTHER])
    assert [type(one) for one in looked.values()] == [NotAsked, NotAsked]
    assert sandbox.services[SERVICE[name]].requests - before == 3
    assert VIN not in looked[VIN].sentence


@BOTH
def test_a_slow_answer_ends_at_the_read_timeout(adapter: Any, sandbox: Any, name: str) -> None:
    sandbox.knobs.latency[SERVICE[name]] = Latency(5.0)
    looked = adapter(name, read_timeout=0.2).lookup_vins([VIN])[VIN]
    assert isinstance(looked, NotAsked) and "did not answer in time" in looked.sentence


@BOTH
def test_a_redirect_is_a_wrong_setting_and_is_not_followed(adapter: Any, sandbox: Any, name: str) -> None:
    sandbox.knobs.faults[SERVICE[name]] = FaultPlan(rates={FaultKind.REDIRECT: 1.0})
    with pytest.raises(ConfigurationError, match="redirects"):
        adapter(name).lookup_vins([VIN])
    assert sandbox.services[SERVICE[name]].counts["redirects_followed"] == 0


@BOTH
def test_a_gateway_that_refuses_everything_stops_the_lookup(adapter: Any, sandbox: Any, name: str) -> None:
    sandbox.knobs.faults[SERVICE[name]] = FaultPlan(rates={FaultKind.HTML_400: 1.0})
    with pytest.raises(ConfigurationError, match="refuses every lookup"):
        adapter(name).lookup_vins([f"TESTSISDINKY0{number:04}" for number in range(100)])
    assert sandbox.services[SERVICE[name]].requests < 40


@BOTH
def test_a_worn_out_token_is_renewed_once(adapter: Any, put: Any, sandbox: Any, name: str) -> None:
    sandbox.knobs.turn({"token_documents": 1})
    put(VIN)
    register = adapter(name)

    def tokens() -> int:
        return sum(line["op"] == "token" for line in sandbox.truth())

    before = tokens()
    for _ in range(3):
        assert isinstance(register.lookup_vins([VIN])[VIN], Found)
    assert tokens() - before == 3


@BOTH
def test_a_scope_without_access_is_a_person_s_matter(adapter: Any, name: str) -> None:
    with pytest.raises(AccessDenied):
        adapter(name, scope="svv:kjoretoy/ecoc").lookup_vins([VIN])


@BOTH
def test_an_answer_above_the_cap_is_divided(adapter: Any, put: Any, name: str) -> None:
    known = [put(f"TESTSISDINKY0{number:04}").kuid for number in range(16)]
    looked = adapter(name, max_reply_bytes=6_000).lookup_kuids(known)
    assert {type(one) for one in looked.values()} == {Found}
    lone = adapter(name, max_reply_bytes=1_000).lookup_kuids(known[:1])
    assert isinstance(lone[known[0]], Unreadable)


@BOTH
@pytest.mark.parametrize("text", ["", "   ", "AB*", "AB?", "../x", "A\nB", "X" * 20, "%2e%2e"])
def test_what_cannot_be_asked_for_is_not_sent(adapter: Any, sandbox: Any, name: str, text: str) -> None:
    looked = adapter(name).lookup_vins([text])
    assert isinstance(looked[text], NotAsked)
    assert sandbox.services[SERVICE[name]].requests == 0


@BOTH
def test_ten_thousand_vehicles_take_seconds_not_minutes_over_kept_connections(
    adapter: Any, put: Any, sandbox: Any, name: str
) -> None:
    known = [put(f"TESTSISDI{number:08}").kuid for number in range(0, 10_000, 2)]
    unknown = [f"9{number:09}9" for number in range(0, 10_000, 2)]
    started = time.monotonic()
    looked = adapter(name).lookup_kuids(known + unknown)
    assert {type(looked[kuid]) for kuid in known} == {Found}
    assert {type(looked[kuid]) for kuid in unknown} == {Absent}
    assert time.monotonic() - started < 60
