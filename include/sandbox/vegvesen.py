"""Statens vegvesen's "Melding om preregistrering" as a loopback service: opprette and slette.

Which HTTP status carries which refusal, what a second opprette meets and where remarks sit is not published: each is a
knob (`knobs.py`). Source of shapes, codes and texts: the eCoC API page of vegvesen.no.
"""

from __future__ import annotations

import binascii
import hashlib
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from . import ecoc_status
from .avgift import AvgiftPattern, AvgiftRules
from .bearer import Bearer
from .clock import Clock
from .ecoc_status import Status, is_refusal, status
from .ivi_reading import Ivi, read_ivi
from .knobs import Knobs
from .reply import Call, Reply, gateway
from .truth import TruthLog
from .vehicles import Vehicle, Vehicles

API = "/ws/no/vegvesen/kjoretoy/felles/innmelding/meldingompreregistrering/v1"
CREATE = f"{API}/opprette"
DELETE = f"{API}/slette/"


class Vegvesen:
    """Answers calls; every effect goes to the truth log before the answer exists."""

    def __init__(
        self, bearer: Bearer, vehicles: Vehicles, avgift: AvgiftRules, truth: TruthLog, clock: Clock, knobs: Knobs
    ) -> None:
        self._bearer = bearer
        self._vehicles = vehicles
        self._avgift = avgift
        self._truth = truth
        self._clock = clock
        self._knobs = knobs

    def answer(self, call: Call) -> Reply:
        """One HTTP request to the authority."""
        creates, deletes = call.path == CREATE, call.path.startswith(DELETE)
        if not creates and not deletes:
            return gateway(404, "Not Found", call.path)
        if call.method != ("POST" if creates else "DELETE"):
            return gateway(405, "Method Not Allowed", call.path)
        caller = self._bearer.caller(call)
        if isinstance(caller, Reply):
            return caller
        return self._create(call, caller.organisation) if creates else self._delete(call, caller.organisation)

    def _create(self, call: Call, sender: str) -> Reply:
        if not call.headers.get("content-type", "").startswith("application/json"):
            return gateway(415, "Unsupported Media Type", call.path)
        try:
            asked = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            return gateway(400, "Bad Request", call.path)
        items = asked if isinstance(asked, list) else [asked]
        if not items or not all(isinstance(item, dict) for item in items):
            return gateway(400, "Bad Request", call.path)
        answers = [self._one(item, sender) for item in items]
        return self._reply(answers, as_array=isinstance(asked, list))

    def _reply(self, answers: list[Status], *, as_array: bool) -> Reply:
        if self._knobs.reply_shape != "same":
            as_array = self._knobs.reply_shape == "array"
        refused = [answer for answer in answers if is_refusal(answer)]
        unreadable = any(answer["melding"]["meldingskode"].endswith(ecoc_status.UNREADABLE) for answer in refused)
        http = 200 if not refused else 400 if unreadable else self._knobs.refusal_status
        return Reply(http, orjson.dumps(answers if as_array else answers[0]))

    def _one(self, item: dict[str, Any], sender: str) -> Status:
        """One document: refused without effect, or created and logged."""
        content = _document(item)
        ivi = read_ivi(content) if content is not None else "Forespørselen mangler iviDokument som base64."
        if content is None or isinstance(ivi, str):
            text = ivi if isinstance(ivi, str) else ""
            self._truth.add("vegvesen", "opprette", ecoc_status.UNREADABLE, sender=sender, sha256=_sha256(content))
            return status(self._clock.oslo(), ecoc_status.UNREADABLE, text=text)
        digest = _sha256(content)
        remarks = [ecoc_status.nox_remark(self._knobs.remark_level)] if ivi.nox_missing else []
        refusal = self._refusal(item, ivi, sender, remarks)
        if refusal is not None:
            code = refusal["melding"]["meldingskode"].removeprefix(ecoc_status.PREFIX)
            count = self._vehicles.created[(sender, ivi.reference, digest or "")]
            self._log(code, ivi.reference, ivi.vin, digest, sender, count)
            return refusal
        wanted = item.get("avgiftsklassifisering")
        code = wanted.get("avgiftsKode") if isinstance(wanted, dict) else None
        vehicle, count = self._vehicles.create(sender, ivi, digest or "", str(code) if code else None)
        self._log(ecoc_status.CREATED, ivi.reference, ivi.vin, digest, sender, count)
        return self._about(ecoc_status.CREATED, vehicle, reference=ivi.reference, remarks=remarks)

    def _refusal(self, item: dict[str, Any], ivi: Ivi, sender: str, remarks: list[dict[str, Any]]) -> Status | None:
        wanted = item.get("avgiftsklassifisering")
        code = wanted.get("avgiftsKode") if isinstance(wanted, dict) else None
        when = self._clock.oslo()
        if not self._avgift.is_open(AvgiftPattern(ivi.type_approval, ivi.variant, ivi.version, code, sender)):
            text = ecoc_status.not_classifiable_text(ivi.type_approval, ivi.variant, ivi.version, sender, code)
            return status(when, ecoc_status.NOT_CLASSIFIABLE, text=text)
        if remarks and self._knobs.remark_level == "FEIL":
            name = self._knobs.remark_list_name
            return status(when, ecoc_status.REMARKS_STOP, remarks=remarks, remark_list_name=name)
        if self._knobs.second_create == "refuse" and self._vehicles.has(sender, ivi):
            return status(when, ecoc_status.EXISTS)
        return None

    def _delete(self, call: Call, sender: str) -> Reply:
        by, _, rest = call.path.removeprefix(DELETE).partition("/")
        if by == "ivireferanse" and rest:
            vehicle, vin = self._vehicles.by_reference(sender, unquote(rest)), None
        elif by == "understellsnummer" and rest:
            vin, merkekode = _vin_and_merkekode(rest, call.query)
            vehicle = self._vehicles.by_vin(sender, vin, merkekode)
        else:
            return gateway(404, "Not Found", call.path)
        if vehicle is None:
            self._truth.add("vegvesen", "slette", ecoc_status.UNKNOWN_VEHICLE, vin=vin, sender=sender)
            answer = status(self._clock.oslo(), ecoc_status.UNKNOWN_VEHICLE, vin=vin)
        else:
            answer = self._removed(vehicle)
        return Reply(self._knobs.refusal_status if is_refusal(answer) else 200, orjson.dumps(answer))

    def _removed(self, vehicle: Vehicle) -> Status:
        code = ecoc_status.REGISTERED if vehicle.registered else ecoc_status.DELETED
        count = self._vehicles.created[(vehicle.sender, vehicle.reference, vehicle.sha256)]
        if code == ecoc_status.DELETED:
            self._vehicles.remove(vehicle)
        self._log(code, vehicle.reference, vehicle.vin, vehicle.sha256, vehicle.sender, count, op="slette")
        if code == ecoc_status.REGISTERED:
            return status(self._clock.oslo(), code, vin=vehicle.vin)
        return status(self._clock.oslo(), code, kuid=vehicle.kuid, vin=vehicle.vin)

    def _about(self, code: str, vehicle: Vehicle, *, reference: str, remarks: list[dict[str, Any]]) -> Status:
        return status(
            self._clock.oslo(),
            code,
            kuid=vehicle.kuid,
            reference=reference,
            vin=vehicle.vin,
            merkekode=vehicle.merkekode,
            remarks=remarks,
            remark_list_name=self._knobs.remark_list_name,
        )

    def _log(
        self, code: str, ref: str, vin: str, digest: str | None, sender: str, count: int, *, op: str = "opprette"
    ) -> None:
        self._truth.add("vegvesen", op, code, ref=ref, vin=vin, sha256=digest, sender=sender, count=count)


def _document(item: dict[str, Any]) -> bytes | None:
    """The original bytes, or None when they are missing or no base64."""
    ivi = item.get("ivi")
    text = ivi.get("iviDokument") if isinstance(ivi, dict) else None
    if not isinstance(text, str):
        return None
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def _sha256(content: bytes | None) -> str | None:
    return hashlib.sha256(content).hexdigest() if content is not None else None


def _vin_and_merkekode(rest: str, query: str) -> tuple[str, int | None]:
    """No page shows where merkekode goes, so `/vin/2600`, `/vin/merkekode/2600` and `?merkekode=2600` all do."""
    vin, _, tail = rest.partition("/")
    code = tail.rpartition("/")[2] or next(iter(parse_qs(query).get("merkekode", [])), "")
    return unquote(vin), int(code) if code.isascii() and code.isdigit() else None
