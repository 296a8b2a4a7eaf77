"""Faults fall where seed and request number say, and each kind acts, or does not act, as its table promises."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from include.errors import ConfigurationError
from include.sandbox.faults import FaultKind, FaultPlan, Latency, fault_plan

Ivi = Callable[..., bytes]
DROPPED = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


def effects(caller: Any) -> int:
    return sum(caller.sandbox.created().values())


def test_the_same_seed_gives_the_same_faults_and_another_seed_others() -> None:
    plan = FaultPlan({FaultKind.LOST_ANSWER: 0.1, FaultKind.UNAVAILABLE: 0.2})
    first = [plan.choose(1, "vegvesen", number) for number in range(1, 2001)]
    assert first == [plan.choose(1, "vegvesen", number) for number in range(1, 2001)]
    assert first != [plan.choose(2, "vegvesen", number) for number in range(1, 2001)]
    assert first != [plan.choose(1, "maskinporten", number) for number in range(1, 2001)]
    assert 150 < first.count(FaultKind.LOST_ANSWER) < 250
    assert 330 < first.count(FaultKind.UNAVAILABLE) < 470


def test_latency_is_fixed_or_drawn_by_seed_around_its_median() -> None:
    assert Latency(0.1).draw(1, "vegvesen", 5) == 0.1
    lively = Latency(0.1, sigma=0.5)
    drawn = sorted(lively.draw(1, "vegvesen", number) for number in range(1001))
    assert drawn == sorted(lively.draw(1, "vegvesen", number) for number in range(1001))
    assert 0.09 < drawn[500] < 0.11
    assert drawn[0] < 0.05 < 0.2 < drawn[-1]


@pytest.mark.parametrize(
    "settings",
    [{"rates": {"no_such_kind": 0.1}}, {"rates": {"error": 0.7, "redirect": 0.7}}, {"rates": {"error": -1}}, {"x": 1}],
)
def test_a_fault_plan_that_makes_no_sense_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        fault_plan(settings)


@pytest.mark.parametrize(("kind", "acted"), [("lost_request", 0), ("lost_answer", 1)])
async def test_a_dropped_connection_has_an_effect_only_when_the_answer_was_lost(
    caller: Any, ivi: Ivi, kind: str, acted: int
) -> None:
    token = await caller.token()
    await caller.turn("/faults", service="vegvesen", at={"1": kind})
    with pytest.raises(DROPPED):
        await caller.create(ivi(), token=token)
    assert effects(caller) == acted
    assert (await caller.create(ivi(), token=token))[0] == 200
    assert effects(caller) == acted + 1


@pytest.mark.parametrize(
    ("kind", "status", "acted"),
    [
        ("unavailable", 503, 0),
        ("rate_limited", 429, 0),
        ("error", 500, 0),
        ("html_400", 400, 0),
        ("redirect", 307, 0),
        ("error_after_accept", 500, 1),
    ],
)
async def test_gateway_answers_come_before_the_effect_and_the_late_error_after_it(
    caller: Any, ivi: Ivi, kind: str, status: int, acted: int
) -> None:
    token = await caller.token()
    await caller.turn("/faults", service="vegvesen", at={"1": kind}, retry_after=7)
    url = (
        f"{caller.sandbox.vegvesen_url}/ws/no/vegvesen/kjoretoy/felles/innmelding/meldingompreregistrering/v1/opprette"
    )
    from base64 import b64encode

    body = {"ivi": {"iviDokument": b64encode(ivi()).decode()}}
    headers = {"Authorization": f"Bearer {token}"}
    async with caller.session.post(url, json=body, headers=headers, allow_redirects=False) as answer:
        assert answer.status == status
        text = await answer.text()
        assert "meldingstype" not in text
        assert (answer.headers.get("Retry-After") == "7") is (status in (429, 503))
        assert ("<html>" in text) is (kind == "html_400")
    assert effects(caller) == acted


async def test_a_followed_redirect_is_counted(caller: Any) -> None:
    await caller.turn("/faults", service="vegvesen", at={"1": "redirect"})
    async with caller.session.post(f"{caller.sandbox.vegvesen_url}/x", data=b"body") as answer:
        assert answer.status == 404
    _, state = await caller.turn("/knobs")
    assert state["faults_injected"]["vegvesen"] == {"redirect": 1, "redirects_followed": 1}


async def test_a_cut_body_has_its_effect_and_cannot_be_read(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    await caller.turn("/faults", service="vegvesen", at={"1": "cut_body"})
    with pytest.raises(aiohttp.ClientPayloadError):
        await caller.create(ivi(), token=token)
    assert effects(caller) == 1


@pytest.mark.parametrize(("kind", "at_timeout"), [("slow_answer", 1), ("late_accept", 0)])
async def test_a_caller_who_gives_up_is_acted_for_all_the_same(
    caller: Any, ivi: Ivi, kind: str, at_timeout: int
) -> None:
    token = await caller.token()
    await caller.turn("/faults", service="vegvesen", at={"1": kind}, slow_seconds=0.6)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(caller.create(ivi(), token=token), timeout=0.2)
    assert effects(caller) == at_timeout
    await asyncio.sleep(0.7)
    assert effects(caller) == 1


async def test_latency_delays_the_answer_and_acts_when_told(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    await caller.turn("/latency", service="vegvesen", seconds=0.4, act_at=0)
    began = time.monotonic()
    sending = asyncio.create_task(caller.create(ivi(), token=token))
    await asyncio.sleep(0.2)
    assert effects(caller) == 1
    assert (await sending)[0] == 200
    assert time.monotonic() - began >= 0.39


async def test_the_token_endpoint_fails_by_its_own_plan(caller: Any) -> None:
    await caller.turn("/faults", service="maskinporten", at={"1": "error"})
    url, form = f"{caller.sandbox.issuer}token", {"grant_type": "x", "assertion": caller.assertion()}
    async with caller.session.post(url, data=form) as answer:
        assert answer.status == 500
    assert caller.sandbox.truth() == []
    await caller.token()


async def test_a_reset_puts_everything_back_but_vehicles_and_truth(caller: Any, ivi: Ivi) -> None:
    token = await caller.token()
    await caller.create(ivi(), token=token)
    _, before = await caller.turn("/reset")
    for path, settings in (
        ("/faults", {"service": "vegvesen", "rates": {"error": 1}}),
        ("/latency", {"service": "sftp", "seconds": 1}),
        ("/knobs", {"refusal_status": 500}),
        ("/clock", {"skew_seconds": 5}),
        ("/avgift/close", {}),
    ):
        status, _ = await caller.turn(path, **settings)
        assert status == 200
    assert (await caller.create(ivi(), token=token))[0] == 500
    _, after = await caller.turn("/reset")
    assert after == before
    assert after["created"] == 1


@pytest.mark.parametrize(
    ("path", "settings", "named"),
    [
        ("/faults", {"service": "other"}, "services are"),
        ("/faults", {"service": "vegvesen", "rates": {"x": 1}}, "kinds are"),
        ("/latency", {"service": "vegvesen", "seconds": -1}, "seconds"),
        ("/latency", {"service": "vegvesen", "minutes": 1}, "minutes"),
        ("/knobs", {"reply_shape": "round"}, "reply_shape"),
        ("/knobs", {"nothing": 1}, "nothing"),
        ("/knobs", {"token_lifetime": 0}, "token_lifetime"),
        ("/avgift/close", {"kode": "101"}, "kode"),
        ("/clock", {"skew_seconds": "1"}, "skew_seconds"),
        ("/delegations", {"consumer_org": "310000018"}, "organisation number"),
        ("/vehicles/register", {"vin": "NONE"}, "vin"),
    ],
)
async def test_the_control_api_refuses_nonsense_in_one_sentence(
    caller: Any, path: str, settings: dict[str, Any], named: str
) -> None:
    _, before = await caller.turn("/reset")
    status, body = await caller.turn(path, **settings)
    assert status == 400
    assert named in body["error"]
    async with caller.session.get(f"{caller.sandbox.control_url}/state") as answer:
        assert await answer.json() == before


async def test_the_control_api_takes_json_only(caller: Any) -> None:
    async with caller.session.post(f"{caller.sandbox.control_url}/reset", data="{}") as answer:
        assert answer.status == 415
    assert (await caller.turn("/other"))[0] == 404
