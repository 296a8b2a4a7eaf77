"""From a record of the register to what the ledger keeps of it: named fields, never an owner."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from include.ledger.vehicles import SeenVehicle
from include.register.record import VehicleRecord, plain_id, plain_plate

# Named one by one, so that a field about a person that the record gets one day is not kept by accident.
_KEPT = (
    *("kuid", "understellsnummer", "merkekode", "merke", "kjennemerke", "kjennemerker", "registreringsstatus"),
    *("registrering_fom", "registrert_forstegang_norge", "forstegang_registrert", "godkjenningsundertype"),
    *("typegodkjenningsnummer", "variant", "versjon", "avgiftskode", "teknisk_kode", "kontrollfrist"),
)


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
    """The register's fields by its names, without those it gave no value for; nothing of a person."""
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
