"""The register's two loopback services, asked as the published pages say and without our own client."""

from __future__ import annotations

from typing import Any

import pytest

from include.sandbox.fiks import INTEGRATION_ID, ROOT
from include.sandbox.register_view import OWNER_CANARY

VIN = "DOKUMENTASJONDEMO"


@pytest.fixture
async def ask(caller: Any) -> Any:
    """Asks KS Fiks or the own lookup; returns status, content and headers."""
    tokens = {"fiks": await caller.token(scope="ks:fiks")}
    tokens["vegvesen_register"] = await caller.token(scope="svv:kjoretoy/kjoretoyopplysninger")

    async def send(service: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Any:
        connection = caller.sandbox.connections[service]
        sent = {"Authorization": f"Bearer {token or tokens[service]}"}
        if service == "fiks":
            sent |= {"IntegrasjonId": INTEGRATION_ID, "IntegrasjonPassord": connection["password"]}
        url = f"{connection['host']}{ROOT if service == 'fiks' else ''}{path}"
        method = "GET" if body is None else "POST"
        async with caller.session.request(method, url, json=body, headers=sent | headers) as answer:
            content = await answer.json(content_type=None) if await answer.read() else None
            return answer.status, content, answer.headers

    return send


@pytest.fixture
async def created(caller: Any, ivi: Any) -> str:
    status, _ = await caller.create(ivi(), token=await caller.token(), code="314")
    assert status == 200
    return VIN


async def test_a_created_vehicle_is_found_and_a_deleted_one_is_not(ask: Any, created: str, caller: Any) -> None:
    status, content, _ = await ask("fiks", f"/bulk/understellsnummer/{VIN}")
    (row,) = content["kjoretoyresponser"]
    kinds = row["kjoretoy"]["godkjenning"]["tekniskGodkjenning"]["kjoretoyklassifisering"]
    assert (status, kinds["kjoretoyAvgiftsKode"]["kodeVerdi"]) == (200, "314")
    assert kinds["efTypegodkjenning"]["typegodkjenningNrTekst"] == "e6*2007/46*0289*09"
    assert row["kjoretoy"]["kjoretoyId"]["kjennemerke"] == "-"
    assert OWNER_CANARY in row["kjoretoy"]["eierskap"]["eier"]["person"]["etternavn"]
    await caller.delete(f"understellsnummer/{VIN}", token=await caller.token())
    _, content, _ = await ask("fiks", f"/bulk/understellsnummer/{VIN}")
    assert content["kjoretoyresponser"] == []


async def test_the_own_lookup_answers_each_request_and_tells_the_quota(ask: Any, created: str, caller: Any) -> None:
    await caller.turn("/knobs", register_quota=2)
    asked = [{"understellsnummer": VIN}, {"understellsnummer": "X"}]
    status, content, _ = await ask("vegvesen_register", "/kjoretoyoppslag/bulk/understellsnummer", asked)
    assert (status, content["gjenstaendeKvote"]) == (200, 1)
    assert [row["request"] for row in content["responser"]] == asked
    assert [len(row["kjoretoydataListe"]) for row in content["responser"]] == [1, 0]
    status, content, headers = await ask("vegvesen_register", "/kjoretoyoppslag/bulk/understellsnummer", asked[:1] * 2)
    assert (status, headers["Retry-After"], "svvguid" in content) == (422, "3600", True)


async def test_a_new_vehicle_is_invisible_until_the_lag_has_passed(ask: Any, created: str, caller: Any) -> None:
    await caller.turn("/knobs", lookup_lag_seconds=3600)
    _, content, _ = await ask("fiks", f"/bulk/understellsnummer/{VIN}")
    assert content["kjoretoyresponser"] == []


async def test_a_registered_vehicle_gets_a_plate_with_a_blank(ask: Any, created: str, caller: Any) -> None:
    await caller.turn("/vehicles/register", vin=VIN)
    _, content, _ = await ask("fiks", f"/bulk/understellsnummer/{VIN}")
    (row,) = content["kjoretoyresponser"]
    plate = row["kjoretoy"]["kjoretoyId"]["kjennemerke"]
    assert " " in plate
    _, again, _ = await ask("fiks", "/bulk/kjennemerke", [{"kjennemerke": plate.replace(" ", "").lower()}])
    assert again["kjoretoyresponser"] == content["kjoretoyresponser"]


async def test_two_makes_under_one_vin_have_their_own_kuid(ask: Any, created: str, caller: Any, ivi: Any) -> None:
    _, answer = await caller.create(ivi(make="OPEL", reference="other"), token=await caller.token())
    _, content, _ = await ask("fiks", f"/bulk/understellsnummer/{VIN}")
    kuids = [row["kjoretoy"]["kjoretoyId"]["kuid"] for row in content["kjoretoyresponser"]]
    assert len(set(kuids)) == 2 and answer["iviIdentifikator"]["kuid"] in kuids


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Authorization": "Bearer x"}, "Klarte ikke å validere access_token"),
        ({"IntegrasjonPassord": "feil"}, f"Autentisering feilet for integrasjon med id {INTEGRATION_ID}"),
        ({"IntegrasjonId": "feil"}, "Autentisering feilet for integrasjon med id feil"),
    ],
)
async def test_the_two_401s_have_their_published_texts(ask: Any, headers: dict[str, str], message: str) -> None:
    status, content, _ = await ask("fiks", "/bulk/kuid", [{"kuid": "1"}], **headers)
    assert (status, content["message"]) == (401, message)
    assert {"timestamp", "status", "error", "errorId", "path"} <= content.keys()


async def test_a_token_for_documents_opens_no_register(ask: Any, caller: Any) -> None:
    token = await caller.token()
    assert (await ask("fiks", "/bulk/kuid", [{"kuid": "1"}], token=token))[0] == 401
    path = "/kjoretoyoppslag/bulk/kuid"
    assert (await ask("vegvesen_register", path, [{"kuid": "1"}], token=token))[0] == 403


async def test_too_many_bad_and_malformed_items_are_a_400_with_the_authoritys_id(ask: Any, caller: Any) -> None:
    await caller.turn("/knobs", register_bulk_max=2, register_bad_item="7")
    for body in ([{"kuid": "1"}] * 3, [{"kuid": "7"}], [{"noe": 1}], {}, []):
        status, content, _ = await ask("fiks", "/bulk/kuid", body)
        assert (status, "svvguid" in content) == (400, True), body


async def test_searches_are_paged_from_row_one_and_204_when_empty(ask: Any, caller: Any, ivi: Any) -> None:
    token = await caller.token()
    for number in range(3):
        await caller.create(ivi(vin=f"TESTSISDINKY0000{number}", reference=f"r{number}"), token=token)
    _, content, _ = await ask("fiks", "/sok/understellsnummer?understellsnummer=TESTSISDINKY*&fra=2&antall=1")
    (row,) = content["kjoretoyresponser"]
    assert row["kjoretoy"]["kjoretoyId"]["understellsnummer"] == "TESTSISDINKY00001"
    assert (content["antallITreffliste"], content["antallTreffTotalt"]) == (1, 3)
    assert (await ask("fiks", "/sok/eiernavn?navn=ingen"))[:2] == (204, None)
    assert (await ask("fiks", "/sok/eiernavn"))[0] == 400
    assert (await ask("fiks", "/sok/noe?x=1"))[0] == 400


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("register_shape", "other"),
        ("register_absent", None),
        ("register_bulk_max", 0),
        ("register_quota", -1),
        ("register_bad_item", 7),
        ("lookup_lag_seconds", -1),
        ("lookup_lag_seconds", True),
        ("fiks_access", "maybe"),
    ],
)
async def test_a_wrong_value_of_a_knob_is_named(caller: Any, knob: str, value: Any) -> None:
    status, answer = await caller.turn("/knobs", **{knob: value})
    assert status == 400 and knob in answer["error"]
