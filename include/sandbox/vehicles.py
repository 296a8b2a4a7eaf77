"""The register behind the sandbox's Vegvesen: vehicles by VIN and make, and how often each document created one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .ecoc_status import CREATED, DELETED
from .ivi_reading import Ivi

# The published example of a make code; every other make gets a stable number of its own.
PUBLISHED_MERKEKODER: Mapping[str, int] = {"OPEL": 4350}


@dataclass(slots=True)
class Vehicle:
    """One preregistered vehicle. `merkekode` is None only for one known from the truth log of an earlier start."""

    vin: str
    merkekode: int | None
    kuid: str
    reference: str
    sha256: str
    sender: str
    registered: bool = False


def merkekode_of(make: str | None) -> int:
    """Four digits, the same for the same make in any case."""
    name = (make or "UKJENT").upper()
    return PUBLISHED_MERKEKODER.get(name) or 1000 + _number(f"merke|{name}") % 9000


def kuid_of(vin: str) -> str:
    """Ten digits, the same for the same vehicle."""
    return f"{1_000_000_000 + _number(f'kuid|{vin}') % 9_000_000_000}"


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


class Vehicles:
    """Lives in memory; a restart reads the truth log back, so that a double send across a restart still counts 2."""

    def __init__(self) -> None:
        self.created: Counter[tuple[str, str, str]] = Counter()
        self._by_vin: dict[str, list[Vehicle]] = {}
        self._by_reference: dict[tuple[str, str], Vehicle] = {}

    def replay(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Rebuilds counts and vehicles from the truth log."""
        for line in lines:
            if line.get("service") != "vegvesen":
                continue
            if line["result"] == CREATED:
                self._add(line["sender"], line["ref"], line["vin"], line["sha256"], None)
            elif line["result"] == DELETED:
                for vehicle in [one for one in self._by_vin.get(line["vin"], []) if one.sender == line["sender"]]:
                    self.remove(vehicle)

    def create(self, sender: str, ivi: Ivi, sha256: str) -> tuple[Vehicle, int]:
        """Adds or renews the vehicle; the number says how often this sender + reference + document created one."""
        return self._add(sender, ivi.reference, ivi.vin, sha256, merkekode_of(ivi.make))

    def _add(self, sender: str, ref: str, vin: str, sha256: str, merkekode: int | None) -> tuple[Vehicle, int]:
        key = (sender, ref, sha256)
        self.created[key] += 1
        same = self._by_vin.setdefault(vin, [])
        for earlier in [one for one in same if one.sender == sender and one.merkekode in (None, merkekode)]:
            self.remove(earlier)
        vehicle = Vehicle(vin, merkekode, kuid_of(vin), ref, sha256, sender)
        self._by_vin.setdefault(vin, []).append(vehicle)
        self._by_reference[(sender, ref)] = vehicle
        return vehicle, self.created[key]

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

    def register(self, vin: str) -> int:
        """Marks every vehicle of that VIN as registered, which blocks deletion; says how many there were."""
        found = self._by_vin.get(vin, [])
        for vehicle in found:
            vehicle.registered = True
        return len(found)

    def __len__(self) -> int:
        return sum(map(len, self._by_vin.values()))
