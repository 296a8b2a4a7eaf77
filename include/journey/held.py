"""From a record of the register to what the ledger keeps of it: named fields, never an owner."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any

import orjson

from include.ledger.vehicles import SeenVehicle
from include.register.record import VehicleRecord, plain_id, plain_plate

_KEPT = tuple(one.name for one in fields(VehicleRecord) if one.name != "eierskap")


def seen_vehicle(record: VehicleRecord) -> SeenVehicle:
    """What is stored of a vehicle, under the key it has for us."""
    held = held_of(record)
    return SeenVehicle(
        key=key_of(record),
        kuid=record.kuid,
        vin=plain_id(record.understellsnummer) if record.understellsnummer else None,
        plate=plain_plate(record.kjennemerke) if record.kjennemerke else None,
        held=held,
        digest=hashlib.sha256(orjson.dumps(held, option=orjson.OPT_SORT_KEYS)).hexdigest(),
    )


def held_of(record: VehicleRecord) -> dict[str, Any]:
    """The register's fields by its names, without those it gave no value for, and without `eierskap`."""
    found: dict[str, Any] = {}
    for name in _KEPT:
        value = getattr(record, name)
        if value not in (None, ()):
            found[name] = value
    return found


def key_of(record: VehicleRecord) -> str:
    """The kuid; without one the VIN with its merkekode (a VIN alone is not unique), without both the plate."""
    if record.kuid:
        return f"kuid {record.kuid}"
    if record.understellsnummer:
        return f"vin {plain_id(record.understellsnummer)}/{(record.merkekode or '').lstrip('0')}"
    return f"plate {plain_plate(record.kjennemerke or '')}"
