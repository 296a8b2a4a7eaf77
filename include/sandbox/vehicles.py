"""The register behind the sandbox's Vegvesen: vehicles by VIN and make, and how often each document created one."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .ecoc_status import CREATED, DELETED
from .ivi_reading import Ivi

# The published example of a make code; every other make gets a stable number of its own.
PUBLISHED_MERKEKODER: Mapping[str, int] = {"OPEL": 4350}


@dataclass(slots=True)
class Vehicle:
    """One preregistered vehicle. What only its document told (make, approval, avgiftskode) is None after a restart.

    `made_at` is of the monotonic clock, minus infinity for one from an earlier start; `plate` comes with registration.
    """

    vin: str
    merkekode: int | None
    kuid: str
    reference: str
    sha256: str
    sender: str
    registered: bool = False
    made_at: float = float("-inf")
    plate: str | None = None
    registered_on: str | None = None
    ivi: Ivi | None = None
    avgiftskode: str | None = None
    leased_by: tuple[str, str] | None = None
    """Kind and number; only vehicles of the leasing fleet have one."""
    in_fleet: bool = False


def merkekode_of(make: str | None) -> int:
    """Four digits, the same for the same make in any case."""
    name = (make or "UKJENT").upper()
    return PUBLISHED_MERKEKODER.get(name) or 1000 + _number(f"merke|{name}") % 9000


def kuid_of(vin: str, another_make: int | None = None) -> str:
    """Ten digits, the same for the same vehicle; only the second make under one VIN needs its make for that."""
    name = vin if another_make is None else f"{vin}|{another_make}"
    return f"{1_000_000_000 + _number(f'kuid|{name}') % 9_000_000_000}"


def plate_of(kuid: str) -> str:
    """Two letters, a blank and five digits, as the register writes plates."""
    return f"SB {10_000 + _number(f'plate|{kuid}') % 90_000}"


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


class Vehicles:
    """Lives in memory; a restart reads the truth log back, so that a double send across a restart still counts 2."""

    def __init__(self) -> None:
        self.created: Counter[tuple[str, str, str]] = Counter()
        self._by_vin: dict[str, list[Vehicle]] = {}
        self._by_reference: dict[tuple[str, str], Vehicle] = {}
        self._by_kuid: dict[str, Vehicle] = {}
        self._by_plate: dict[str, str] = {}

    def replay(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Rebuilds counts and vehicles from the truth log."""
        for line in lines:
            if line.get("service") != "vegvesen":
                continue
            if line["result"] == CREATED:
                self._add(Vehicle(line["vin"], None, "", line["ref"], line["sha256"], line["sender"]))
            elif line["result"] == DELETED:
                for vehicle in [one for one in self._by_vin.get(line["vin"], []) if one.sender == line["sender"]]:
                    self.remove(vehicle)

    def create(self, sender: str, ivi: Ivi, sha256: str, avgiftskode: str | None = None) -> tuple[Vehicle, int]:
        """Adds or renews the vehicle; the number says how often this sender + reference + document created one."""
        vehicle = Vehicle(ivi.vin, merkekode_of(ivi.make), "", ivi.reference, sha256, sender)
        vehicle.ivi, vehicle.avgiftskode, vehicle.made_at = ivi, avgiftskode, time.monotonic()
        return self._add(vehicle)

    def _add(self, vehicle: Vehicle) -> tuple[Vehicle, int]:
        key = (vehicle.sender, vehicle.reference, vehicle.sha256)
        self.created[key] += 1
        same = self._by_vin.get(vehicle.vin, [])
        for earlier in [one for one in same if one.sender == vehicle.sender and _same_make(one, vehicle)]:
            vehicle.made_at = min(vehicle.made_at, earlier.made_at)
            self.remove(earlier)
        same = self._by_vin.setdefault(vehicle.vin, [])
        other_make = bool(same) and not any(_same_make(one, vehicle) for one in same)
        vehicle.kuid = kuid_of(vehicle.vin, vehicle.merkekode if other_make else None)
        same.append(vehicle)
        self._by_reference[(vehicle.sender, vehicle.reference)] = vehicle
        self._by_kuid[vehicle.kuid] = vehicle
        return vehicle, self.created[key]

    def seen(self, vin: str | None, *, lag: float) -> Iterator[Vehicle]:
        """What a lookup sees of one VIN (None: of all): each make once, and nothing younger than `lag` seconds."""
        until = time.monotonic() - lag
        for vehicles in list(self._by_vin.values()) if vin is None else [self._by_vin.get(vin, [])]:
            makes = {one.merkekode: one for one in reversed(vehicles) if one.made_at <= until}
            yield from reversed(makes.values())

    def seen_kuid(self, kuid: str, *, lag: float) -> Iterator[Vehicle]:
        """The same by kuid."""
        vehicle = self._by_kuid.get(kuid)
        return (one for one in self.seen(vehicle.vin if vehicle else "", lag=lag) if one.kuid == kuid)

    def seen_plate(self, plate: str, *, lag: float) -> Iterator[Vehicle]:
        """The same by plate, written without its blank."""
        return self.seen_kuid(self._by_plate.get(plate, ""), lag=lag)

    def has(self, sender: str, ivi: Ivi) -> bool:
        """True when this sender has a vehicle of that VIN and reference."""
        vehicle = self._by_reference.get((sender, ivi.reference))
        return vehicle is not None and vehicle.vin == ivi.vin

    def by_reference(self, sender: str, reference: str) -> Vehicle | None:
        """Only the sender's own: nobody else may delete it."""
        return self._by_reference.get((sender, reference))

    def by_vin(self, sender: str, vin: str, merkekode: int | None) -> Vehicle | None:
        """The sender's one vehicle of that VIN; None when there is none, or several and no merkekode to tell them."""
        own = [one for one in self._by_vin.get(vin, []) if one.sender == sender]
        if merkekode is not None:
            own = [one for one in own if one.merkekode in (None, merkekode)]
        return own[0] if len(own) == 1 else None

    def remove(self, vehicle: Vehicle) -> None:
        """Takes it out of the register; the counts stay."""
        rest = [one for one in self._by_vin.get(vehicle.vin, []) if one is not vehicle]
        if rest:
            self._by_vin[vehicle.vin] = rest
        else:
            self._by_vin.pop(vehicle.vin, None)
        if self._by_reference.get((vehicle.sender, vehicle.reference)) is vehicle:
            del self._by_reference[(vehicle.sender, vehicle.reference)]
        if self._by_kuid.get(vehicle.kuid) is vehicle:
            del self._by_kuid[vehicle.kuid]
            for one in rest:
                self._by_kuid.setdefault(one.kuid, one)

    def register(self, vin: str, on: str = "2026-11-20") -> int:
        """Marks every vehicle of that VIN as registered on a day: a plate, no deletion; says how many there were."""
        found = self._by_vin.get(vin, [])
        for vehicle in found:
            vehicle.registered, vehicle.plate, vehicle.registered_on = True, plate_of(vehicle.kuid), on
            self._by_plate[vehicle.plate.replace(" ", "")] = vehicle.kuid
        return len(found)

    def hold(self, vin: str, changes: Mapping[str, str | None]) -> int:
        """The register says something else of that VIN than its document did; says how many vehicles that are.

        Changed are `avgiftskode`, `make`, `type_approval`, `variant`, `version`; None is "no value".
        """
        found = [one for one in self._by_vin.get(vin, []) if one.ivi is not None]
        for vehicle in found:
            told: dict[str, Any] = {name: value for name, value in changes.items() if name != "avgiftskode"}
            vehicle.ivi = replace(vehicle.ivi, **told) if vehicle.ivi else None
            vehicle.avgiftskode = changes.get("avgiftskode", vehicle.avgiftskode)
        return len(found)

    def lose(self, vin: str) -> int:
        """The register no longer knows that VIN; says how many vehicles it forgot."""
        found = list(self._by_vin.get(vin, []))
        for vehicle in found:
            self.remove(vehicle)
        return len(found)

    def clear(self) -> None:
        """Forgets every vehicle and count; the truth log stays."""
        for each in (self.created, self._by_vin, self._by_reference, self._by_kuid, self._by_plate):
            each.clear()

    def __len__(self) -> int:
        return sum(map(len, self._by_vin.values()))


def _same_make(one: Vehicle, other: Vehicle) -> bool:
    return one.merkekode in (None, other.merkekode)
