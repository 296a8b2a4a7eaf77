"""Statens vegvesen's side: each published example is answered as published, and every effect is in the truth log."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from include.sandbox import Sandbox
from include.sandbox.registry import DELEGATING_ORGANISATIONS, OWN_ORGANISATION

PUBLISHED = Path(__file__).parent / "published"
VIN = "DOKUMENTASJONDEMO"
REFERENCE = "3a0f9b22-a855-4933-bf78-959128c2a5d3"
DELEGATED = "svv:kjoretoy/ecoc.delegert"
Ivi = Callable[..., bytes]


def published(name: str) -> Any:
    return json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))


def without_own_values(answer: Any) -> Any:
    """Checks the form of what differs from call to call (time, kuid, merkekode) and takes it out."""
    if isinstance(answer, list):
        return [without_own_values(one) for one in answer]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}", answer.pop("datoTid"))
    kuid = answer["iviIdentifikator"].pop("kuid")
    assert kuid is None or re.fullmatch(r"\d{10}", kuid)
    merkekode = answer["iviIdentifikator"]["understellsnummerMerke"].pop("merkekode")
    assert merkekode is None or 1000 <= merkekode <= 9999
    return answer | {"has": (kuid is not None, merkekode is not None)}


def created(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [line for line in sandbox.truth() if line["result"] == "KJORETOY_OPPRETTET"]


@pytest.mark.parametrize("shape", ["object", "array"])
async def test_both_published_requests_create_the_vehicle_with_its_published_warning(
    caller: Any, ivi: Ivi, shape: str
) -> None:
    document = ivi(nox=None)
    text = json.dumps(published(f"ecoc_create_request_{shape}"))
    body = json.loads(text.replace("<base64 of the IVI XML>", base64.b64encode(document).decode()))
    status, answer = await caller.post(body, token=await caller.token())
    expected = published("ecoc_created_with_warning")
    assert status == 200
    assert without_own_values(answer) == without_own_values(expected if shape == "array" else expected[0])
    [line] = created(caller.sandbox)
    assert line["sha256"] == hashlib.sha256(document).hexdigest()
    assert (line["ref"], line["vin"], line["sender"], line["count"]) == (REFERENCE, VIN, OWN_ORGANISATION, 1)


async def test_a_document_with_nox_is_created_without_remarks(caller: Any, ivi: Ivi) -> None:
    status, answer = await caller.create(ivi(), token=await caller.token())
    assert (status, answer["melding"].keys()) == (200, {"meldingstype", "meldingskode", "meldingstekst"})


async def test_a_closed_avgiftskode_is_refused_with_the_published_text(caller: Any, ivi: Ivi) -> None:
    await caller.turn("/avgift/close", type_approval="e6*2007/46*0289*09", avgiftskode="101")
    item = {"avgiftsklassifisering": {"avgiftsKode": "101"}, "ivi": {"iviDokument": base64.b64encode(ivi()).decode()}}
    status, answer = await caller.post([item], token=await caller.token())
    expected = published("ecoc_create_refused_avgift")
    filled = {
        "< TYPEGODKJENNINGSNR. >": "e6*2007/46*0289*09",
        "< VARIANT >": "VAR1",
        "< VERSJON >": "VER2",
        "< xxxxxxxxx >": OWN_ORGANISATION,
        "< xxx >": "101",
    }
    for placeholder, value in filled.items():
        text = expected[0]["melding"]["meldingstekst"].replace(placeholder, value)
        expected[0]["melding"]["meldingstekst"] = text
    assert status == 400
    assert without_own_values(answer) == without_own_values(expected)
    assert created(caller.sandbox) == []
    assert caller.sandbox.truth()[-1]["result"] == "KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"


async def test_opening_the_avgiftskode_lets_the_same_bytes_through(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    await caller.turn("/avgift/close", avgiftskode="101", importer=OWN_ORGANISATION)
    assert (await caller.create(ivi(), token=token))[0] == 400
    assert (await caller.create(ivi(), token=token, code="301"))[0] == 200
    await caller.turn("/avgift/open", avgiftskode="101", importer=OWN_ORGANISATION)
    assert (await caller.create(ivi(), token=token))[0] == 200


async def test_an_opened_variant_of_a_closed_approval_is_open_and_the_rest_stays_closed(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    await caller.turn("/avgift/close", type_approval="e6*2007/46*0289*09")
    await caller.turn("/avgift/open", type_approval="e6*2007/46*0289*09", variant="OTHER")
    assert (await caller.create(ivi(), token=token))[0] == 400
    await caller.turn("/avgift/open", type_approval="e6*2007/46*0289*09", variant="VAR1", version="VER2")
    assert (await caller.create(ivi(), token=token))[0] == 200


async def test_the_published_deletions_are_answered_as_published(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    status, answer = await caller.delete(f"understellsnummer/{VIN}", token=token)
    assert (status, without_own_values(answer)) == (400, without_own_values(published("ecoc_delete_unknown")))
    await caller.create(ivi(), token=token)
    status, answer = await caller.delete(f"understellsnummer/{VIN}", token=token)
    assert (status, without_own_values(answer)) == (200, without_own_values(published("ecoc_deleted")))
    await caller.create(ivi(), token=token)
    await caller.turn("/vehicles/register", vin=VIN)
    status, answer = await caller.delete(f"ivireferanse/{REFERENCE}", token=token)
    assert (status, without_own_values(answer)) == (400, without_own_values(published("ecoc_delete_registered")))
    assert [line["result"] for line in caller.sandbox.truth() if line["op"] == "slette"] == [
        "UKJENT_UNR_OG_MERKE",
        "KJORETOY_SLETTET",
        "KJORETOY_ER_REGISTRERT",
    ]


async def test_only_the_sender_may_delete(caller: Any, ivi: Ivi) -> None:
    await caller.create(ivi(), token=await caller.token())
    other = await caller.token(scope=DELEGATED, consumer_org=DELEGATING_ORGANISATIONS[0])
    for path in (f"understellsnummer/{VIN}", f"ivireferanse/{REFERENCE}"):
        status, answer = await caller.delete(path, token=other)
        assert (status, answer["melding"]["meldingskode"]) == (400, "kjoretoy.coc.UKJENT_UNR_OG_MERKE")


async def test_two_makes_with_one_vin_need_the_merkekode(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    codes = [
        (await caller.create(ivi(make=make, reference=make), token=token))[1]["iviIdentifikator"][
            "understellsnummerMerke"
        ]["merkekode"]
        for make in ("OPEL", "ADRIA")
    ]
    assert codes[0] == 4350
    assert (await caller.delete(f"understellsnummer/{VIN}", token=token))[0] == 400
    assert (await caller.delete(f"understellsnummer/{VIN}/{codes[1]}", token=token))[0] == 200
    assert caller.sandbox.truth()[-1]["ref"] == "ADRIA"
    assert (await caller.delete(f"understellsnummer/{VIN}?merkekode={codes[0]}", token=token))[0] == 200


async def test_a_double_send_shows_in_the_truth_log_with_count_two(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    other = await caller.token(scope=DELEGATED, consumer_org=DELEGATING_ORGANISATIONS[0])
    for sender in (token, token, other):
        assert (await caller.create(ivi(), token=sender))[0] == 200
    assert [(line["sender"], line["count"]) for line in created(caller.sandbox)] == [
        (OWN_ORGANISATION, 1),
        (OWN_ORGANISATION, 2),
        (DELEGATING_ORGANISATIONS[0], 1),
    ]
    assert sorted(caller.sandbox.created().values()) == [1, 2]


async def test_a_restart_goes_on_counting_and_knows_its_vehicles(home: Path, caller: Any, ivi: Ivi) -> None:
    await caller.create(ivi(), token=await caller.token())
    connections = caller.sandbox.connections
    await caller.sandbox.stop()
    async with Sandbox(home) as again, aiohttp.ClientSession() as session:
        later = type(caller)(again, session)
        token = await later.token()
        await later.create(ivi(), token=token)
        assert [line["count"] for line in created(again)] == [1, 2]
        assert (await later.delete(f"understellsnummer/{VIN}", token=token))[0] == 200
        for secret in ("private_key", "kid"):
            assert again.connections["maskinporten"]["extra"][secret] == connections["maskinporten"]["extra"][secret]
        assert again.connections["ecoc_sftp"]["password"] == connections["ecoc_sftp"]["password"]
        assert again.connections["ecoc_sftp"]["extra"] == connections["ecoc_sftp"]["extra"]


async def test_a_second_create_can_be_refused(caller: Any, ivi: Ivi) -> None:
    await caller.turn("/knobs", second_create="refuse", refusal_status=422)
    token = await caller.token()
    assert (await caller.create(ivi(), token=token))[0] == 200
    status, answer = await caller.create(ivi(), token=token)
    assert (status, answer["melding"]["meldingstype"]) == (422, "FEIL")
    assert len(created(caller.sandbox)) == 1


async def test_remarks_as_feil_stop_the_creation(caller: Any, ivi: Ivi) -> None:
    await caller.turn("/knobs", remark_level="FEIL", remark_list_name="feltmeldinger", refusal_status=200)
    status, answer = await caller.create(ivi(nox=None), token=await caller.token())
    assert (status, answer["melding"]["meldingstype"]) == (200, "FEIL")
    assert answer["melding"]["feltmeldinger"][0]["meldingsklasse"] == "FEIL"
    assert created(caller.sandbox) == []


@pytest.mark.parametrize("shape", ["object", "array"])
async def test_the_reply_shape_can_be_fixed_whatever_the_request(caller: Any, ivi: Ivi, shape: str) -> None:
    await caller.turn("/knobs", reply_shape=shape)
    token = await caller.token()
    item = {"ivi": {"iviDokument": base64.b64encode(ivi()).decode()}}
    for body in (item, [item]):
        _, answer = await caller.post(body, token=token)
        assert isinstance(answer, list) is (shape == "array")


async def test_the_namespaced_family_is_read_too(caller: Any) -> None:
    document = (
        b'<i:InitialVehicleInformation xmlns:i="http://eu.ereg.initialvehicleinformation.v2"><i:Header>'
        b"<i:IviReferenceId>ref-2</i:IviReferenceId></i:Header><i:CocDataGroup><i:VehicleIdentificationNumber>"
        b"WVWZZZ1KZAW000001</i:VehicleIdentificationNumber><i:PureElectricVehicleIndicator>Y"
        b"</i:PureElectricVehicleIndicator></i:CocDataGroup></i:InitialVehicleInformation>"
    )
    status, answer = await caller.create(document, token=await caller.token())
    assert (status, answer["iviIdentifikator"]["iviReferanse"]) == (200, "ref-2")
    assert "merknader" not in answer["melding"]


async def test_the_truth_log_holds_exactly_the_promised_fields_and_no_secret(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    await caller.create(ivi(), token=token)
    text = (caller.sandbox.home / "truth.jsonl").read_text(encoding="utf-8")
    for line in text.splitlines():
        fields = ["t", "service", "op", "ref", "vin", "sha256", "sender", "result", "count"]
        assert list(json.loads(line)) == fields
    assert token not in text
    assert token.split(".")[2] not in text
    assert "PRIVATE KEY" not in text
