"""Statens vegvesen's Leasingtaker-API as a loopback service: a small fleet, a few people, the published example.

Every person and plate here is synthetic (month + 80), the published vehicle and person among them. What is not
published (other merknad codes, ending somebody who leases nothing, a second OPPRETTE) has codes of the sandbox's own
that begin with SANDKASSE_. A second OPPRETTE of the same leaseholder takes effect again, so that a double send shows.
Numbers go into the truth log as a keyed hash only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from .bearer import Bearer
from .registry import DELEGATING_ORGANISATIONS, LEASING_SCOPE, OWN_ORGANISATION
from .reply import Call, Reply, gateway
from .truth import TruthLog

PATH = "/ws/no/vegvesen/kjoretoy/felles/innmelding/leasingtaker"
DONE = {"OPPRETTE": "LEASINGTAKER_OPPRETTET", "AVSLUTTE": "LEASINGTAKER_AVSLUTTET"}
NOT_IDENTIFIED = "EIER_KAN_IKKE_IDENTIFISERES"
NOT_IN_FLEET = "SANDKASSE_KJORETOY_IKKE_I_FLAATEN"
NOT_LEASEHOLDER = "SANDKASSE_ER_IKKE_LEASINGTAKER"
UNREADABLE = "SANDKASSE_UGYLDIG_FORESPORSEL"

PEOPLE: Mapping[str, str] = {
    "63888700414": "LEDENDE FIRKANT",
    "41898010188": "NATTLIG TREKANT",
    "15868510045": "BLÅ SØYLE",
    "22919010030": "RASK ÅS",
}
"""National number to name. The first is the published example; a test keeps all check digits right."""


@dataclass(slots=True)
class FleetCar:
    """One vehicle of a leasing company; `leaseholder` is (kind, number), or None."""

    kjennemerke: str
    owner: str
    kuid: str
    understellsnummer: str
    merke: str
    merkekode: str
    handelsebetegnelse: str
    leaseholder: tuple[str, str] | None = None


def fleet() -> dict[str, FleetCar]:
    published = FleetCar("CU10001", OWN_ORGANISATION, "3378041341", "TESTSISDINKY00004", "OPEL", "4350", "ASTRA")
    cars = [published]
    for at, owner in enumerate((OWN_ORGANISATION, *DELEGATING_ORGANISATIONS[:2])):
        for number in range(10_010 + 100 * at, 10_050 + 100 * at):
            vin = f"TESTLEASING{number:06}"
            cars.append(FleetCar(f"CU{number}", owner, f"33780{number}", vin, "VOLVO", "9400", "EX30"))
    return {car.kjennemerke: car for car in cars}


class Leasing:
    """Answers calls; every effect goes to the truth log before the answer exists."""

    def __init__(self, bearer: Bearer, truth: TruthLog, cars: dict[str, FleetCar]) -> None:
        self._bearer = bearer
        self._truth = truth
        self._key = b"samsvar sandbox truth"
        self.fleet = cars
        self.done: dict[tuple[str, str, str], int] = {}

    def replay(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Rebuilds who leases what from the truth log; people are known by their keyed hash."""
        known = {self._hash("person", number): ("person", number) for number in PEOPLE}
        for line in lines:
            car = self.fleet.get(str(line.get("ref")))
            if car is None or line.get("op") not in ("leasing_opprette", "leasing_avslutte"):
                continue
            if line["result"] == DONE["OPPRETTE"]:
                car.leaseholder = known.get(line["sha256"])
            elif line["result"] == DONE["AVSLUTTE"]:
                car.leaseholder = None

    def answer(self, call: Call) -> Reply:
        """One HTTP request to the interface."""
        if call.method != "POST":
            return gateway(405, "Method Not Allowed", call.path)
        caller = self._bearer.caller(call, LEASING_SCOPE)
        if isinstance(caller, Reply):
            return caller
        if not call.headers.get("content-type", "").startswith("application/json"):
            return gateway(415, "Unsupported Media Type", call.path)
        try:
            asked = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            return gateway(400, "Bad Request", call.path)
        return (
            self._one(asked, caller.organisation) if isinstance(asked, dict) else gateway(400, "Bad Request", call.path)
        )

    def _one(self, asked: Mapping[str, Any], sender: str) -> Reply:
        handling, plate = str(asked.get("handling")), "".join(str(asked.get("kjennemerke")).split()).upper()
        identity = asked.get("leasingtakerId")
        kind, number = _holder(identity if isinstance(identity, dict) else {})
        car = self.fleet.get(plate)
        code = self._refusal(handling, car, sender, kind, number, str(asked.get("etternavn") or ""))
        mark = self._hash(kind, number)
        op = f"leasing_{handling.lower()}" if handling in DONE else "leasing"
        if code is not None or car is None:
            self._log(op, code or NOT_IN_FLEET, car, plate, mark, sender, 0)
            return _remarks(code or NOT_IN_FLEET)
        car.leaseholder = (kind, number) if handling == "OPPRETTE" else None
        count = self._count(handling, plate, mark)
        self._log(op, DONE[handling], car, plate, mark, sender, count)
        return Reply(200, orjson.dumps({"entity": _entity(car, kind, number)}))

    def _refusal(
        self, handling: str, car: FleetCar | None, sender: str, kind: str, number: str, surname: str
    ) -> str | None:
        if handling not in DONE or not number:
            return UNREADABLE
        if car is None or car.owner != sender:
            return NOT_IN_FLEET
        if kind == "person":
            name = PEOPLE.get(number)
            if name is None or name.split()[-1].casefold() != surname.strip().casefold():
                return NOT_IDENTIFIED
        if handling == "AVSLUTTE" and car.leaseholder != (kind, number):
            return NOT_LEASEHOLDER
        return None

    def _count(self, handling: str, plate: str, mark: str) -> int:
        """How often this took effect since the plate last had another change: more than 1 is a doubled send."""
        key = (plate, handling, mark)
        count = self.done.get(key, 0) + 1
        self.done = {known: value for known, value in self.done.items() if known[0] != plate} | {key: count}
        return count

    def _hash(self, kind: str, number: str) -> str:
        return hashlib.blake2b(f"{kind}|{number}".encode(), key=self._key, digest_size=32).hexdigest()

    def _log(self, op: str, result: str, car: FleetCar | None, plate: str, mark: str, sender: str, count: int) -> None:
        vin = car.understellsnummer if car else None
        self._truth.add("vegvesen", op, result, ref=plate[:20], vin=vin, sha256=mark, sender=sender, count=count)


def _holder(identity: Mapping[str, Any]) -> tuple[str, str]:
    if identity.get("fodselsnummer"):
        return "person", str(identity["fodselsnummer"])
    return "organisation", str(identity.get("organisasjonsnummer") or "")


def _remarks(code: str) -> Reply:
    """Refusals come with status 200, as published."""
    return Reply(200, orjson.dumps({"entity": None, "merknader": [{"kode": code, "beskrivelse": "string"}]}))


def _entity(car: FleetCar, kind: str, number: str) -> dict[str, Any]:
    name = PEOPLE.get(number, "SANDKASSE AS")
    return {
        "kjoretoy": {
            "kuid": car.kuid,
            "kjennemerke": car.kjennemerke,
            "understellsnummer": car.understellsnummer,
            "merke": car.merke,
            "merkeKode": car.merkekode,
            "handelsebetegnelse": car.handelsebetegnelse,
            "forstegangRegistrertDato": "04.11.2019",
            "karosserifargeKode": "Hvit",
        },
        "leasingtakerId": {"fodselsnummer" if kind == "person" else "organisasjonsnummer": number},
        "leasingtakerNavn": name,
    }
