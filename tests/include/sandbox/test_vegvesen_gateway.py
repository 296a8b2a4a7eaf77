"""How Statens vegvesen answers calls that are wrong: bad tokens, bad bodies, documents that cannot be read."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

DELEGATED = "svv:kjoretoy/ecoc.delegert"
Ivi = Callable[..., bytes]


def created(sandbox: Any) -> list[dict[str, Any]]:
    return [line for line in sandbox.truth() if line["result"] == "KJORETOY_OPPRETTET"]


@pytest.mark.parametrize(
    "ivi_part",
    [
        {},
        {"iviDokument": None},
        {"iviDokument": "no base64!"},
        {"iviDokument": base64.b64encode(b"<broken").decode()},
        {"iviDokument": base64.b64encode(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").decode()},
        {"iviDokument": base64.b64encode(b"<InitialVehicleInformation/>").decode()},
        {"iviDokument": ""},
    ],
    ids=["missing", "null", "no base64", "no XML", "DOCTYPE", "no groups", "empty"],
)
async def test_a_document_that_cannot_be_read_is_refused_and_creates_nothing(caller: Any, ivi_part: Any) -> None:
    status, answer = await caller.post({"ivi": ivi_part}, token=await caller.token())
    assert (status, answer["melding"]["meldingstype"]) == (400, "FEIL")
    assert answer["iviIdentifikator"]["understellsnummerMerke"] == {"understellsnummer": None, "merkekode": None}
    assert created(caller.sandbox) == []


async def test_the_gateway_answers_in_its_own_form_without_a_right_token(caller: Any, ivi: Ivi) -> None:
    good = await caller.token()
    delegated_scope_for_oneself = await caller.token(scope=DELEGATED)
    await caller.turn("/knobs", token_lifetime=1)
    short = await caller.token()
    await caller.turn("/clock", skew_seconds=2)
    other_api = await caller.token(resource="https://api.toll.no/")
    head, body, mark = good.split(".")
    for token, expected in (
        ("", 401),
        ("nonsense", 401),
        (f"{head}.{body}.{mark[:-8]}AAAAAAAA", 401),
        (short, 401),
        (other_api, 401),
        (delegated_scope_for_oneself, 403),
    ):
        status, answer = await caller.create(ivi(), token=token)
        assert (status, "melding" in answer) == (expected, False)
    assert created(caller.sandbox) == []


async def test_a_token_wears_out_after_the_documents_of_the_knob(caller: Any, ivi: Ivi) -> None:
    await caller.turn("/knobs", token_documents=2)
    token = await caller.token()
    statuses = [(await caller.create(ivi(reference=f"r{n}"), token=token))[0] for n in range(3)]
    assert statuses == [200, 200, 401]
    assert (await caller.create(ivi(reference="r2"), token=await caller.token()))[0] == 200


async def test_wrong_paths_methods_and_bodies_get_gateway_answers(caller: Any) -> None:
    token = await caller.token()
    assert (await caller.post({}, token=token, path="/other"))[0] == 404
    assert (await caller.post({}, token=token, path="/slette/ivireferanse/x"))[0] == 405
    assert (await caller.post([], token=token))[0] == 400
    assert (await caller.post("text", token=token))[0] == 400
    assert (await caller.delete("annet/x", token=token))[0] == 404
