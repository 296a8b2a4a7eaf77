"""What a lookup sees of a vehicle: the object of Kjøretøysøk v2, with blanks in plates, fillers, and an owner.

The owner is planted: `OWNER_CANARY` in a log, a table or an exception shows that somebody keeps what must be dropped.
Source of the field names: Statens vegvesen, OpenAPI "Søk" 2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .knobs import Knobs
from .leasing import FleetCar
from .vehicles import Vehicle, Vehicles

OWNER_CANARY = "Kanarifugl"
FILLER = "-"


class RegisterView:
    """The vehicles as old as the knob `lookup_lag_seconds` asks."""

    def __init__(self, vehicles: Vehicles, knobs: Knobs, fleet: Mapping[str, FleetCar] | None = None) -> None:
        self._vehicles = vehicles
        self._knobs = knobs
        self._fleet = fleet or {}

    def by(self, field: str, value: str) -> list[Vehicle]:
        """By understellsnummer, kuid or kjennemerke, as a bulk question asks; case and blanks do not count."""
        plain, lag = "".join(value.split()).upper(), self._knobs.lookup_lag_seconds
        if field == "understellsnummer":
            return list(self._vehicles.seen(plain, lag=lag))
        if field == "kuid":
            return list(self._vehicles.seen_kuid(plain, lag=lag))
        if plain in self._fleet:
            return [_of_fleet(self._fleet[plain])]
        return list(self._vehicles.seen_plate(plain, lag=lag))

    def all(self) -> Iterator[Vehicle]:
        """Every vehicle, for searches."""
        return self._vehicles.seen(None, lag=self._knobs.lookup_lag_seconds)


def _of_fleet(car: FleetCar) -> Vehicle:
    """A vehicle that is leased: registered, with the plate that it is known by."""
    vehicle = Vehicle(car.understellsnummer, int(car.merkekode), car.kuid, "", "", car.owner, registered=True)
    vehicle.registered_on, vehicle.plate = "2019-11-04", car.kjennemerke
    vehicle.leased_by, vehicle.in_fleet = car.leaseholder, True
    return vehicle


def owner_name(vehicle: Vehicle) -> str:
    """First name and surname of the planted owner, one for each vehicle."""
    return f"Kari {OWNER_CANARY}{vehicle.kuid[-4:]}"


def owner_id(vehicle: Vehicle) -> str:
    """The planted national identity number: synthetic (month + 80), as in the authority's test data."""
    return f"0181{vehicle.kuid[-7:]}"


def kjoretoy(vehicle: Vehicle) -> dict[str, Any]:
    """The `Kjoretoy` of the search answers."""
    ivi = vehicle.ivi
    status = "REGISTRERT" if vehicle.registered else "UREGISTRERT"
    return {
        "kjoretoyId": {
            "kuid": vehicle.kuid,
            "kjennemerke": vehicle.plate or FILLER,
            "understellsnummer": vehicle.vin,
            "merkekode": _or_filler(vehicle.merkekode),
        },
        "forstegangsregistrering": {"registrertForstegangNorgeDato": vehicle.registered_on},
        "eierskap": {"eier": _owner(vehicle)} | _leaseholder(vehicle),
        "kjennemerke": _plates(vehicle),
        "registrering": {
            "registreringsstatus": {"kodeVerdi": status, "kodeNavn": status.capitalize()},
            "fomTidspunkt": f"{vehicle.registered_on}T08:00:00.123+01:00" if vehicle.registered else None,
        },
        "godkjenning": {
            "forstegangsGodkjenning": {"godkjenningsundertype": {"kodeVerdi": "COC"}, "forstegangRegistrertDato": None},
            "tekniskGodkjenning": {
                "kjoretoyklassifisering": {
                    "efTypegodkjenning": {
                        "typegodkjenningNrTekst": _or_filler(ivi and ivi.type_approval),
                        "variant": _or_filler(ivi and ivi.variant),
                        "versjon": _or_filler(ivi and ivi.version),
                    },
                    "kjoretoyAvgiftsKode": {"kodeVerdi": _or_filler(vehicle.avgiftskode)},
                },
                "tekniskeData": {"generelt": {"merke": [{"merke": _or_filler(ivi and ivi.make), "merkeKode": FILLER}]}},
            },
        },
        "periodiskKjoretoyKontroll": {"kontrollfrist": None, "sistGodkjent": None},
    }


def _plates(vehicle: Vehicle) -> list[dict[str, Any]]:
    since = f"{vehicle.registered_on}T08:00:00+01:00"
    plate = {"kjennemerke": vehicle.plate, "kjennemerkekategori": "KJORETOY", "fomTidspunkt": since}
    return [plate] if vehicle.plate else []


def _leaseholder(vehicle: Vehicle) -> dict[str, Any]:
    """Where a leaseholder stands is not published: `leasingtaker` beside the owner is the sandbox's own guess."""
    if not vehicle.in_fleet:
        return {}
    kind, number = vehicle.leased_by or ("", "")
    shown = {"person": {"person": {"fodselsnummer": number}}, "organisation": {"organisasjonsnummer": number}}
    return {"leasingtaker": shown.get(kind)}


def _or_filler(value: object) -> str:
    return FILLER if value is None else str(value)


def _owner(vehicle: Vehicle) -> dict[str, Any]:
    first, _, last = owner_name(vehicle).partition(" ")
    return {
        "person": {"fornavn": first, "etternavn": last, "fodselsnummer": owner_id(vehicle)},
        "adresse": {"adresselinje1": f"{OWNER_CANARY}veien 1", "postnummer": "0661", "poststed": "OSLO"},
        "kundeId": f"K{vehicle.kuid}",
    }
