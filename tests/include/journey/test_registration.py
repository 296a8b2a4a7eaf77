"""Accepted vehicles against the sandbox's register until they are registered, on a real ledger."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from include.errors import AccessDenied
from include.ivi.samples import sample_vin
from include.journey import registration as journey
from include.journey.registration import watch
from include.ledger import registration
from include.ledger.warehouse import connect
from include.register.port import Found, NotAsked
from include.register.record import VehicleRecord
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

CANARY = "Kanarifugl"


async def _accepted(night: Night, *numbers: int) -> list[str]:
    for number in numbers:
        night.put(f"{number}.xml", number=number)
    await night.whole(f"run {numbers}")
    night.configure(registration={"lag_minutes": 0, "keep_quota": 0})
    return [sample_vin(number) for number in numbers]


async def _look(night: Night, register: Any = ..., *, now: bool = True) -> Any:
    def blocking() -> Any:
        with connect(night.dsn) as connection:
            registration.enrol(connection, night.party.id)
            if now:
                registration.everything_is_due(connection, [night.party.id])
            return watch(connection, night.party, night.register if register is ... else register)

    return await asyncio.to_thread(blocking)


def _gaps(night: Night) -> dict[str, tuple[str | None, str | None]]:
    rows = night.sql("SELECT kind, declared, held FROM mart.ecoc_gap WHERE cleared_at IS NULL")
    return {row["kind"]: (row["declared"], row["held"]) for row in rows}


async def test_a_vehicle_turns_registered_and_is_watched_no_more(night: Night) -> None:
    vins = await _accepted(night, 1, 2, 3)
    night.sandbox.vehicles.hold(vins[1], dict.fromkeys(("avgiftskode", "make", "variant", "version")))  # fillers

    assert (await _look(night)).said == {"not_registered": 3}
    night.sandbox.vehicles.register(vins[0], "2026-11-21")
    second = await _look(night)

    assert second.said == {"not_registered": 2, "registered": 1} and second.waiting == 2
    rows = night.sql("SELECT vin, registered_at AT TIME ZONE 'Europe/Oslo' AS at, gap FROM mart.ecoc_document")
    assert {row["vin"]: str(row["at"])[:16] for row in rows} == {
        vins[0]: "2026-11-21 00:00",
        vins[1]: "None",
        vins[2]: "None",
    }
    assert {row["gap"] for row in rows} == {None}
    assert (await _look(night)).said == {"not_registered": 2}
    (row,) = night.sql("SELECT vin, plate, status FROM mart.vehicle WHERE first_registered_norway IS NOT NULL")
    assert row["vin"] == vins[0] and row["status"] == "REGISTRERT" and " " in row["plate"]


async def test_what_is_not_yet_due_is_not_asked_for(night: Night) -> None:
    await _accepted(night, 1, 2)
    await _look(night)
    requests = night.sandbox.services["vegvesen_register"].requests

    assert (await _look(night, now=False)).said == {}
    assert night.sandbox.services["vegvesen_register"].requests == requests
    with connect(night.dsn) as connection:
        assert registration.parties_with_due(connection) == []
        registration.everything_is_due(connection, [night.party.id])
        assert registration.parties_with_due(connection) == [night.party.id]


async def test_each_planted_difference_is_found_named_and_cleared_when_it_is_gone(night: Night) -> None:
    (vin,) = await _accepted(night, 1)
    held = {
        "avgiftskode": "102",
        "make": "SKODA",
        "type_approval": "e1*2007/46*9999*00",
        "variant": "X",
        "version": "Y",
    }
    vehicles = night.sandbox.vehicles
    (vehicle,) = vehicles.seen(vin, lag=0)
    before = {name: getattr(vehicle.ivi, name) for name in held if name != "avgiftskode"} | {"avgiftskode": "101"}
    vehicles.hold(vin, held)

    assert (await _look(night)).differing == 1
    found = _gaps(night)
    assert found == {name: (before[name], held[name]) for name in held}
    assert all(value in night.one("SELECT gap FROM mart.ecoc_document") for value in held.values())

    await _look(night)
    assert night.one("SELECT count(*) FROM ledger.register_difference") == 5, "found again is the same row"
    vehicles.hold(vin, before)
    assert (await _look(night)).differing == 0
    assert _gaps(night) == {} and night.one("SELECT gap FROM mart.ecoc_document") is None
    assert night.one("SELECT count(*) FROM mart.ecoc_gap WHERE cleared_at IS NOT NULL") == 5


async def test_a_vehicle_that_the_register_lost_is_a_difference(night: Night) -> None:
    (vin,) = await _accepted(night, 1)
    night.sandbox.vehicles.lose(vin)
    assert (await _look(night)).said == {"absent": 1}
    assert _gaps(night) == {"not_in_register": (vin, None)}


class Killed(BaseException):
    """Stands for the end of the process."""


class Says:
    """A register with planted answers by VIN or kuid."""

    name = "planted"
    remaining_quota: int | None = None

    def __init__(self, answer: Any, *, vins_in_bulk: bool = True) -> None:
        self.answer, self.vins_in_bulk = answer, vins_in_bulk
        self.asked: list[str] = []

    def lookup_vins(self, asked: Any) -> dict[str, Any]:
        found = list(asked)
        self.asked += found
        if isinstance(self.answer, Exception):
            raise self.answer
        return {one: self.answer(one) for one in found}

    lookup_kuids = lookup_vins


async def test_several_vehicles_for_a_vin_that_cannot_be_told_apart_are_reported(night: Night) -> None:
    (vin,) = await _accepted(night, 1)
    night.sql("UPDATE ledger.submission SET kuid = NULL, merkekode = NULL")
    two = Found(tuple(VehicleRecord(kuid=str(n), understellsnummer=vin, merkekode=str(n)) for n in (1000, 2000)))

    assert (await _look(night, Says(lambda _: two))).said == {"ambiguous": 1}
    assert list(_gaps(night)) == ["ambiguous"]
    assert night.one("SELECT count(*) FROM mart.vehicle") == 2, "both are kept"


async def test_a_register_that_takes_one_vin_at_a_time_is_asked_for_kuids(night: Night) -> None:
    vins = await _accepted(night, 1, 2)
    kuids = [row["kuid"] for row in night.sql("SELECT kuid FROM ledger.submission ORDER BY kuid")]
    says = Says(
        lambda one: Found((VehicleRecord(kuid=one, understellsnummer=vins[0]),)),
        vins_in_bulk=False,
    )
    (await _look(night, says))
    assert sorted(says.asked) == kuids


async def test_a_used_up_quota_ends_the_round_and_the_rest_stays_due(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    vins = await _accepted(night, 1, 2, 3, 4)
    monkeypatch.setattr(journey, "GROUP", 2)
    night.sandbox.knobs.turn({"register_quota": 2})

    first = await _look(night)
    assert first.said == {"not_registered": 2} and "quota" in first.note
    night.sandbox.knobs.turn({"register_quota": None})
    second = await _look(night, now=False)
    assert second.said == {"not_registered": 2} and second.note == ""
    looked = night.sql("SELECT vin, looks FROM ledger.registration")
    assert {row["vin"]: row["looks"] for row in looked} == dict.fromkeys(vins, 1)


async def test_part_of_the_quota_is_left_for_settling(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    await _accepted(night, 1, 2, 3, 4)
    monkeypatch.setattr(journey, "GROUP", 2)
    night.configure(registration={"lag_minutes": 0, "keep_quota": 4_000})
    night.sandbox.knobs.turn({"register_quota": 4_001})
    result = await _look(night)
    assert result.said.total() == 2 and "left for settling" in result.note


async def test_a_register_that_is_away_is_not_red_and_one_that_refuses_us_is(night: Night) -> None:
    await _accepted(night, 1)
    away = await _look(night, Says(lambda _: NotAsked("The register is away.")))
    assert away.said == {} and "away" in away.note and away.waiting == 1
    with pytest.raises(AccessDenied):
        (await _look(night, Says(AccessDenied("no right"))))
    assert "no register is configured" in (await _look(night, None)).note
    assert night.one("SELECT looks FROM ledger.registration") == 0


async def test_a_kill_between_groups_keeps_what_was_written(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    await _accepted(night, 1, 2, 3, 4)
    monkeypatch.setattr(journey, "GROUP", 2)
    write = journey._write
    calls: list[int] = []

    def dies(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        write(*arguments)

    monkeypatch.setattr(journey, "_write", dies)
    with pytest.raises(Killed):
        (await _look(night))
    assert night.one("SELECT count(*) FROM ledger.registration WHERE looks = 1") == 2
    monkeypatch.setattr(journey, "_write", write)
    assert (await _look(night, now=False)).said.total() == 2
    assert night.one("SELECT count(*) FROM ledger.registration WHERE looks = 1") == 4


async def test_a_snapshot_is_kept_when_something_changed_and_never_an_owner(night: Night) -> None:
    (vin,) = await _accepted(night, 1)
    for _ in range(3):
        (await _look(night))
    assert night.one("SELECT count(*) FROM ledger.vehicle_snapshot") == 1
    night.sandbox.vehicles.register(vin)
    await _look(night)
    assert night.one("SELECT count(*) FROM ledger.vehicle_snapshot") == 2
    everything = str(
        [night.sql(f"SELECT * FROM ledger.{name}") for name in ("vehicle", "vehicle_snapshot", "registration")]
    )
    assert vin in everything and CANARY not in everything


async def test_a_document_that_counts_no_longer_is_watched_no_longer(night: Night) -> None:
    (vin,) = await _accepted(night, 1)
    night.sandbox.vehicles.hold(vin, {"variant": "X"})
    await _look(night)
    assert list(_gaps(night)) == ["variant"]
    await _accepted(night, 2)  # a later document of the same party, for the same vehicle
    night.sql("UPDATE ledger.document SET vin = %s", vin)
    await _look(night)
    ended = [
        row["ended_because"] for row in night.sql("SELECT ended_because FROM ledger.registration ORDER BY accepted_at")
    ]
    assert ended == ["superseded", None]
    first = night.sql(
        "SELECT cleared_at FROM mart.ecoc_gap WHERE sha256 = (SELECT min(sha256) FROM (SELECT sha256 FROM "
        "ledger.document ORDER BY id LIMIT 1) x)"
    )
    assert [row["cleared_at"] is None for row in first] == [False]
