"""Registration: looks up what was accepted and is not yet registered, keeps what the register holds, names differences.

Sends nothing. May be cleared, retried and run twice side by side. While one group is written the next is already being
asked for; no transaction is open meanwhile, and memory holds two groups, however many vehicles wait.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from include.config.blocks import Registration
from include.config.party import Party
from include.journey.comparing import differences, missing, ours
from include.journey.held import key_of, seen_vehicle
from include.ledger import registration, vehicles
from include.ledger.registration import Look, Watched
from include.ledger.warehouse import Connection, now_of
from include.register.kinds import KUID, VIN
from include.register.port import Absent, Found, Looked, NotAsked, Register, Unreadable
from include.register.record import VehicleRecord

log = logging.getLogger(__name__)

FIRST, GROUP = 400, 4_000
"""Vehicles that are asked for at once and written in one commit; a kill asks for at most two groups again. The first
group is small: its answer tells the quota that is left, and later groups are never larger than that allows."""
_DAY = 86_400.0
_EARLY = 4 * 3_600.0
"""A nightly run begins some minutes earlier or later, so a day's pause is a little less than a day."""
_MONTH = 30
_HOUR = 3_600.0
_OSLO = ZoneInfo("Europe/Oslo")

NOBODY_TO_ASK = (
    "no register is configured (connection `fiks` or `vegvesen_register`), so nobody can be asked whether vehicles are "
    "registered"
)


@dataclass(slots=True)
class Registered:
    """What a round found, for the line an operator reads first."""

    party: str
    said: Counter[str]
    differing: int = 0
    waiting: int = 0
    note: str = ""

    def sentence(self) -> str:
        """Zeros are left out."""
        words = {
            "registered": "registered",
            "not_registered": "not yet registered",
            "absent": "not in the register",
            "ambiguous": "ambiguous",
            "unreadable": "without a readable answer",
        }
        parts = [f"{self.said[said]} {word}" for said, word in words.items() if self.said[said]]
        if self.differing:
            parts.append(f"{self.differing} with differences (mart.ecoc_gap)")
        ending = f"; {self.note}" if self.note else ""
        return (
            f"{self.party}: {self.said.total()} vehicles looked up{': ' if parts else ''}{', '.join(parts)}; "
            f"{self.waiting} still watched{ending}"
        )


def watch(connection: Connection, party: Party, register: Register | None) -> Registered:
    """Looks up what is due for a party and commits it group by group.

    Raises PersonMustAct when the register refuses us for good. A register that is away or used up ends the round; what
    was not asked stays due.
    """
    result = Registered(party.id, Counter())
    if register is None:
        result.note = NOBODY_TO_ASK
    else:
        _round(connection, party, register, result)
    result.waiting = registration.waiting(connection, party.id)
    return result


def _round(connection: Connection, party: Party, register: Register, result: Registered) -> None:
    for group, looked in _asked(connection, party, register):
        looks = [
            (one, look)
            for one in group
            if (look := look_of(one, looked.get(asked_by(one, register)), party.registration)) is not None
        ]
        _write(connection, party.id, register, looked, looks)
        result.said.update(look.said for _, look in looks)
        result.differing += sum(1 for _, look in looks if look.differences)
        log.info("%s: %d vehicles looked up", party.id, result.said.total())
        result.note = _stop(register, party.registration, looked)


def _write(
    connection: Connection,
    party: str,
    register: Register,
    looked: Mapping[str, Looked],
    looks: Sequence[tuple[Watched, Look]],
) -> None:
    """One commit: the vehicles seen, what each look said, the differences."""
    found = [seen_vehicle(vehicle) for answer in looked.values() for vehicle in _vehicles(answer)]
    vehicles.store(connection, party, found, source=register.name)
    registration.record(connection, party, looks)
    connection.commit()


def _asked(
    connection: Connection, party: Party, register: Register
) -> Iterator[tuple[list[Watched], Mapping[str, Looked]]]:
    """Groups with their answers; the next group is under way while the caller writes this one."""
    until = now_of(connection)

    def due(after: Watched | None, most: int) -> list[Watched]:
        start = (after.look_at, after.submission_id) if after else None
        rows = registration.due(connection, party.id, until=until, after=start, most=most)
        connection.commit()  # no transaction is open while the register is asked
        return rows

    group = due(None, min(FIRST, GROUP))
    with ThreadPoolExecutor(1, thread_name_prefix="registration") as ahead:
        answer = ahead.submit(_ask, register, group) if group else None
        try:
            while answer is not None:
                following = due(group[-1], GROUP)
                looked = answer.result()
                following = following[: _allowed(register, party.registration)]
                # Not when something stops the round: a quota must not be spent on answers nobody writes.
                go_on = following and not _stop(register, party.registration, looked)
                answer = ahead.submit(_ask, register, following) if go_on else None
                yield group, looked
                group = following
        finally:
            if answer is not None:
                answer.cancel()


def _allowed(register: Register, pace: Registration) -> int:
    left = register.remaining_quota
    return GROUP if left is None else max(left - pace.keep_quota, 0)


def _ask(register: Register, group: Sequence[Watched]) -> dict[str, Looked]:
    """By VIN, or by kuid where the register takes one VIN in a question only and the answer told us a kuid."""
    by_kuid = {one.kuid: one for one in group if one.kuid and asked_by(one, register) == one.kuid}
    looked: dict[str, Looked] = dict(register.lookup_kuids(by_kuid)) if by_kuid else {}
    if stopped := next((answer for answer in looked.values() if isinstance(answer, NotAsked)), None):
        return {asked_by(one, register): looked.get(asked_by(one, register), stopped) for one in group}
    # A vehicle that was deleted and made anew has another kuid: its VIN is asked for before it counts as gone.
    gone = {kuid: one.vin for kuid, one in by_kuid.items() if isinstance(looked[kuid], Absent)}
    vins = [one.vin for one in group if asked_by(one, register) == one.vin] + list(gone.values())
    found = register.lookup_vins(dict.fromkeys(vin for vin in vins if VIN.askable(vin))) if vins else {}
    return looked | {kuid: found[vin] for kuid, vin in gone.items() if vin in found} | dict(found)


def asked_by(one: Watched, register: Register) -> str:
    """The text by which `register` is asked for a vehicle."""
    return one.kuid if one.kuid and not register.vins_in_bulk and KUID.askable(one.kuid) else one.vin


def look_of(one: Watched, looked: Looked | None, pace: Registration) -> Look | None:
    """What an answer says of a watched vehicle; None when it was not asked and stays due."""
    again = pause(one.age_days, pace)
    old = one.age_days >= pace.stop_days
    match looked:
        case Found():
            return _found(one, looked, again, old)
        case Absent():
            early = one.age_days * 24 * 60 < pace.lag_minutes
            gone = () if early else (missing(one),)
            return Look(said="absent", again_seconds=again, differences=gone, ended="too_old" if old else None)
        case Unreadable():
            return Look(said="unreadable", again_seconds=again, ended="too_old" if old else None)
        case None if not VIN.askable(one.vin):
            return Look(said="unreadable", again_seconds=again)
        case _:
            return None


def _found(one: Watched, looked: Found, again: float, old: bool) -> Look:
    mine = ours(one, looked.vehicles)
    if mine.vehicle is None:
        told = (mine.difference,) if mine.difference else ()
        return Look(said="ambiguous", again_seconds=again, differences=told, ended="too_old" if old else None)
    found = differences(one, mine.vehicle)
    on, registered = registered_on(mine.vehicle), is_registered(mine.vehicle)
    return Look(
        said="registered" if registered else "not_registered",
        again_seconds=again,
        vehicle_key=key_of(mine.vehicle),
        registered_on=on,
        # A registered vehicle that differs is looked at until the register and we agree.
        ended="registered" if registered and not found else "too_old" if old else None,
        differences=found,
    )


def is_registered(vehicle: VehicleRecord) -> bool:
    """By its first registration or its status; an unknown code of the register says nothing."""
    return vehicle.registrert_forstegang_norge is not None or vehicle.is_registered


def registered_on(vehicle: VehicleRecord) -> date | None:
    """The day of first registration in Norway; where only a status says that it is registered, the day that began."""
    if vehicle.registrert_forstegang_norge is not None or not vehicle.is_registered:
        return vehicle.registrert_forstegang_norge
    begun = vehicle.registrering_fom
    return begun.astimezone(_OSLO).date() if begun is not None and begun.tzinfo else begun.date() if begun else None


def pause(age_days: float, pace: Registration) -> float:
    """Seconds until the next look: a day, a week, or 30 days, by the age of the acceptance."""
    days = 1 if age_days < pace.daily_days else 7 if age_days < pace.weekly_days else _MONTH
    return days * _DAY - _EARLY


def _stop(register: Register, pace: Registration, looked: Mapping[str, Looked]) -> str:
    """Why nothing more is asked in this round; empty when it goes on."""
    silent = [answer for answer in looked.values() if isinstance(answer, NotAsked)]
    if silent and len(silent) == len(looked):
        return f"{silent[0].sentence.rstrip('.')}; the next run goes on"
    if any(answer.retry_after is not None for answer in silent):
        return f"{silent[0].sentence.rstrip('.')}; the next run goes on"
    left = register.remaining_quota
    if left is not None and left <= pace.keep_quota:
        return f"{left} vehicles of today's quota are left for settling unknown outcomes; the next run goes on"
    return ""


def _vehicles(answer: Looked) -> tuple[VehicleRecord, ...]:
    return answer.vehicles if isinstance(answer, Found) else ()
