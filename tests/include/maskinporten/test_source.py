from __future__ import annotations

import asyncio
import threading

import pytest
from aiohttp import web

from include.errors import AccessDenied, ServiceUnavailable
from include.maskinporten.grant import Grant
from include.maskinporten.token import AccessToken

GRANT = Grant("svv:kjoretoy/ecoc")


async def test_64_coroutines_that_want_the_same_token_make_one_call(make_source, maskinporten):
    maskinporten.delay = 0.05
    source = make_source()
    tokens = await asyncio.gather(*(source.token(GRANT) for _ in range(64)))
    assert len(maskinporten.assertions) == 1
    assert len({id(token) for token in tokens}) == 1


async def test_different_wishes_are_fetched_side_by_side_and_kept_apart(make_source, maskinporten):
    source = make_source()
    own, other = await asyncio.gather(source.token(GRANT), source.token(Grant("a", consumer_org="912345678")))
    assert own.value != other.value and len(maskinporten.assertions) == 2


async def test_a_token_is_renewed_before_its_end_and_not_earlier(make_source, maskinporten, times):
    source = make_source(refresh_margin=30.0)
    first = await source.token(GRANT)
    times.forward(89.9)
    assert await source.token(GRANT) is first
    times.forward(0.2)
    assert (await source.token(GRANT)).value != first.value
    assert len(maskinporten.assertions) == 2


async def test_a_short_lived_token_is_used_for_half_its_life(make_source, maskinporten, times):
    maskinporten.expires_in = 20
    source = make_source(refresh_margin=30.0)
    first = await source.token(GRANT)
    assert first.renew_at == first.expires_at - 10
    times.forward(9)
    assert await source.token(GRANT) is first


async def test_life_counts_from_before_the_request_on_the_monotonic_clock(make_source, maskinporten, times):
    def slow(request):
        times.forward(40)
        times.wall -= 10_000
        return web.json_response({"access_token": "t" * 40, "token_type": "Bearer", "expires_in": 100})

    maskinporten.script.append(slow)
    token = await make_source().token(GRANT)
    assert token.expires_at == 5_100.0


async def test_a_refusal_is_not_cached(make_source, maskinporten):
    source = make_source()
    maskinporten.refuses("MP-200")
    with pytest.raises(AccessDenied):
        await source.token(GRANT)
    assert await source.token(GRANT)


async def test_after_a_401_only_the_token_that_was_used_is_dropped(make_source, maskinporten):
    source = make_source()
    old = await source.token(GRANT)
    source.drop(GRANT, old)
    new = await source.token(GRANT)
    assert new.value != old.value
    source.drop(GRANT, old)
    assert await source.token(GRANT) is new


async def test_an_old_token_that_still_lives_serves_while_renewal_fails(make_source, maskinporten, times, caplog):
    source = make_source()
    old = await source.token(GRANT)
    times.forward(100)
    maskinporten.script += [maskinporten.answers(503)] * 3
    assert await source.token(GRANT) is old
    assert "the old one still lives" in caplog.text
    times.forward(16)
    maskinporten.script += [maskinporten.answers(503)] * 3
    with pytest.raises(ServiceUnavailable):
        await source.token(GRANT)


async def test_a_caller_that_is_cancelled_does_not_take_the_others_along(make_source, maskinporten):
    maskinporten.delay = 0.1
    source = make_source()
    waiting = [asyncio.create_task(source.token(GRANT)) for _ in range(5)]
    await maskinporten.reached(1)
    waiting[0].cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert all(isinstance(result, AccessToken) for result in results[1:])
    assert len(maskinporten.assertions) == 1


async def test_when_all_callers_are_cancelled_the_next_one_joins_the_running_call(make_source, maskinporten):
    maskinporten.delay = 0.1
    source = make_source()
    waiting = [asyncio.create_task(source.token(GRANT)) for _ in range(3)]
    await maskinporten.reached(1)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await source.token(GRANT)
    assert len(maskinporten.assertions) == 1


async def test_closing_stops_the_call_and_whoever_still_waits_starts_another(make_source, maskinporten):
    maskinporten.delay = 0.1
    source = make_source()
    waiting = asyncio.create_task(source.token(GRANT))
    await maskinporten.reached(1)
    await source.close()
    assert (await waiting).value and len(maskinporten.assertions) == 2


async def test_threads_with_loops_of_their_own_share_one_call(make_source, maskinporten):
    maskinporten.delay = 0.1
    source, values = make_source(), []
    threads = [threading.Thread(target=lambda: values.append(source.token_blocking(GRANT).value)) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        await asyncio.sleep(0.01)
    assert len(values) == 8 and len(set(values)) == 1 and len(maskinporten.assertions) == 1


async def test_waiting_synchronously_inside_an_event_loop_is_refused(make_source):
    with pytest.raises(RuntimeError, match="await token"):
        make_source().token_blocking(GRANT)


async def test_a_cancelled_caller_leaves_at_once_and_the_call_goes_on_for_the_next(make_source, maskinporten):
    maskinporten.delay = 0.3
    source = make_source()
    waiting = asyncio.create_task(source.token(GRANT))
    await maskinporten.reached(1)
    waiting.cancel()
    await asyncio.wait({waiting}, timeout=0.1)
    assert waiting.cancelled()
    (flight,) = source._flights.values()
    assert not flight.cancelled() and not flight.done()
    assert (await source.token(GRANT)).value == maskinporten.tokens[0] and len(maskinporten.assertions) == 1
