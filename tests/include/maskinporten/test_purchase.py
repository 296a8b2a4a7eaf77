from __future__ import annotations

import asyncio
import gzip
import socket

import jwt
import pytest
from aiohttp import web

from include.errors import ConfigurationError, RateLimited, ServiceUnavailable
from include.maskinporten.grant import Grant
from include.maskinporten.token import consumer_of

GRANT = Grant("svv:kjoretoy/ecoc")


def ids(maskinporten):
    return [jwt.decode(a, options={"verify_signature": False}) for a in maskinporten.assertions]


async def test_a_token_is_bought_with_a_grant_that_a_strict_server_accepts(make_source, maskinporten):
    grant = Grant("svv:kjoretoy/ecoc.delegert", resource="https://www.vegvesen.no/", consumer_org="912345678")
    token = await make_source().token(grant)
    assert token.value == maskinporten.tokens[0]
    assert (token.lifetime, token.scope) == (120, "svv:kjoretoy/ecoc.delegert")
    assert consumer_of(token) == "0192:912345678"


async def test_every_attempt_brings_a_fresh_jti_and_iat(make_source, maskinporten, times):
    def later(request):
        times.forward(3)
        return web.Response(status=503)

    maskinporten.script += [later, later]
    await make_source().token(GRANT)
    claims = ids(maskinporten)
    assert len({claim["jti"] for claim in claims}) == 3
    assert [claim["iat"] - claims[0]["iat"] for claim in claims] == [0, 3, 6]
    assert times.slept == [1.0, 2.0]


@pytest.mark.parametrize("code", ["MP-012", "MP-130"])
async def test_a_replayed_or_late_grant_is_tried_once_more_with_a_new_one(make_source, maskinporten, times, code):
    maskinporten.refuses(code)
    await make_source().token(GRANT)
    first, second = ids(maskinporten)
    assert first["jti"] != second["jti"] and times.slept == []


@pytest.mark.parametrize(("code", "error"), [("MP-012", ServiceUnavailable), ("MP-130", ConfigurationError)])
async def test_a_second_refusal_of_a_new_grant_is_the_end(make_source, maskinporten, code, error):
    for _ in range(3):
        maskinporten.refuses(code)
    with pytest.raises(error, match=code):
        await make_source().token(GRANT)
    assert len(maskinporten.assertions) == 2


async def test_the_strict_server_would_catch_a_replay(make_source, maskinporten):
    await make_source().token(GRANT)
    with pytest.raises(AssertionError, match="MP-012"):
        maskinporten.judged(maskinporten.forms[0])


async def test_a_wrong_clock_is_told_with_its_measured_error(make_source, maskinporten, times):
    date = maskinporten.date()
    times.forward(134)
    maskinporten.refuses("Issue time is after now", Date=date)
    with pytest.raises(ConfigurationError, match=r"clock is 13[34] seconds ahead of Maskinporten's; correct the clock"):
        await make_source().token(GRANT)
    assert len(maskinporten.assertions) == 1


async def test_a_clock_that_is_behind_is_told_too(make_source, maskinporten, times):
    times.forward(500)
    date = maskinporten.date()
    times.forward(-500)
    for _ in range(2):
        maskinporten.refuses("MP-130", Date=date)
    with pytest.raises(ConfigurationError, match=r"clock is 50[01] seconds behind"):
        await make_source().token(GRANT)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_an_outage_is_tried_three_times_and_then_waits_for_airflow(make_source, maskinporten, times, status):
    maskinporten.script += [maskinporten.answers(status)] * 3
    with pytest.raises(ServiceUnavailable, match=f"HTTP {status}; the task is tried again later"):
        await make_source().token(GRANT)
    assert len(maskinporten.assertions) == 3 and len(times.slept) == 2


async def test_the_pause_an_outage_asks_for_is_passed_on(make_source, maskinporten):
    maskinporten.script += [maskinporten.answers(503, **{"Retry-After": "77"})] * 3
    with pytest.raises(ServiceUnavailable) as caught:
        await make_source().token(GRANT)
    assert caught.value.retry_after == 77


async def test_too_many_calls_is_not_repeated_at_once(make_source, maskinporten):
    maskinporten.script.append(maskinporten.answers(429, **{"Retry-After": "30"}))
    with pytest.raises(RateLimited) as caught:
        await make_source().token(GRANT)
    assert caught.value.retry_after == 30 and len(maskinporten.assertions) == 1


async def test_a_silent_server_is_given_up_after_the_timeout(make_source, maskinporten, times):
    maskinporten.delay = 0.4
    with pytest.raises(ServiceUnavailable, match=r"did not answer within 0\.1 seconds"):
        await make_source(timeout=0.1).token(GRANT)
    assert len(times.slept) == 2


async def test_a_server_that_trickles_its_answer_is_given_up_too(make_source, maskinporten):
    async def trickle(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(40):
            await response.write(b" ")
            await asyncio.sleep(0.02)
        return response

    maskinporten.script += [trickle] * 3
    with pytest.raises(ServiceUnavailable, match="did not answer within"):
        await make_source(timeout=0.2).token(GRANT)


async def test_nobody_at_the_address_is_an_outage(make_source, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(ServiceUnavailable, match=f"{url}token cannot be reached"):
            await make_source(issuer=url, token_endpoint=f"{url}token").token(GRANT)


async def test_an_answer_of_any_size_is_cut_off(make_source, maskinporten):
    maskinporten.script += [lambda _: web.Response(body=b"x" * 5_000_000)] * 3
    with pytest.raises(ServiceUnavailable, match="more than 64000 bytes"):
        await make_source().token(GRANT)


async def test_a_packed_answer_is_not_unpacked(make_source, maskinporten):
    body = gzip.compress(b'{"access_token":"tttttttt","expires_in":100}')
    maskinporten.script += [lambda _: web.Response(body=body, headers={"Content-Encoding": "gzip"})] * 3
    with pytest.raises(ServiceUnavailable, match="without a readable token"):
        await make_source().token(GRANT)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"access_token": "t" * 20},
        {"access_token": "t" * 20, "expires_in": 0},
        {"access_token": "t" * 20, "expires_in": True},
        {"access_token": "t" * 20, "expires_in": "soon"},
        {"access_token": "", "expires_in": 100},
        {"access_token": "a\r\nX-Evil: 1", "expires_in": 100},
        {"access_token": "t" * 17_000, "expires_in": 100},
        {"access_token": 7, "expires_in": 100},
        {"access_token": "t" * 20, "expires_in": 100, "token_type": "mac"},
    ],
)
async def test_a_200_without_a_usable_token_is_an_outage(make_source, maskinporten, body):
    maskinporten.script += [maskinporten.answers(200, body)] * 3
    with pytest.raises(ServiceUnavailable, match="without a readable token"):
        await make_source().token(GRANT)


async def test_a_lifetime_sent_as_text_and_an_opaque_token_are_understood(make_source, maskinporten):
    maskinporten.script.append(maskinporten.answers(200, {"access_token": "opaque-token", "expires_in": "599"}))
    token = await make_source().token(GRANT)
    assert token.lifetime == 599 and consumer_of(token) is None


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_never_followed(make_source, maskinporten, status):
    maskinporten.script.append(maskinporten.answers(status, Location=f"{maskinporten.url}token"))
    with pytest.raises(ConfigurationError, match=f"HTTP {status}"):
        await make_source().token(GRANT)
    assert len(maskinporten.assertions) == 1


async def test_a_proxy_in_the_environment_is_ignored(make_source, maskinporten, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert (await make_source().token(GRANT)).value == maskinporten.tokens[0]
