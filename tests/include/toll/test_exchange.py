"""Row 1 of the facts' consequences: grant, exchange, call; the Toll token kept by environment, organisation, scope."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from include.errors import AccessDenied, ConfigurationError, RateLimited, ServiceUnavailable
from include.maskinporten.clock import Clock
from include.maskinporten.grant import Grant
from include.maskinporten.purchase import Pauses
from include.maskinporten.source import TokenSource
from include.sandbox.registry import TOLL_SCOPE
from include.toll.exchange import toll_tokens

GRANT = Grant(scope=TOLL_SCOPE)


class Time:
    """A monotonic clock that moves when told to; the wall clock is the real one."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.clock = Clock(monotonic=lambda: self.now)


async def _no_sleep(_seconds: float) -> None:
    return None


PAUSES = Pauses(sleep=_no_sleep)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def tokens(customs: Any, time: Time) -> Any:
    customs.sandbox.knobs.token_lifetime = 5000
    return toll_tokens(
        customs.settings, customs.maskinporten, on_secret=customs.secrets.append, clock=time.clock, pauses=PAUSES
    )


def exchanged(customs: Any) -> list[str]:
    return [line["result"] for line in customs.truth("exchange")]


async def test_row_1_a_toll_token_is_bought_once_and_kept_until_a_minute_before_its_end(
    customs: Any, tokens: Any, time: Time
) -> None:
    first = await tokens.token(GRANT)
    assert first.lifetime == 970
    time.now += 970 - 60 - 1
    assert await tokens.token(GRANT) is first
    assert exchanged(customs) == ["granted"]
    time.now += 2
    second = await tokens.token(GRANT)
    assert second.value != first.value
    assert exchanged(customs) == ["granted"] * 2


async def test_row_1_the_life_of_a_token_is_what_it_says_of_itself(customs: Any, tokens: Any, time: Time) -> None:
    customs.sandbox.knobs.toll_token_lifetime = 40
    first = await tokens.token(GRANT)
    time.now += 19
    assert await tokens.token(GRANT) is first
    time.now += 2
    assert await tokens.token(GRANT) is not first


async def test_row_1_many_who_ask_at_once_share_one_exchange(customs: Any, tokens: Any) -> None:
    found = await asyncio.gather(*(tokens.token(GRANT) for _ in range(50)))
    assert len({token.value for token in found}) == 1
    assert exchanged(customs) == ["granted"]
    assert sum(line["service"] == "maskinporten" for line in customs.sandbox.truth()) == 1


async def test_row_1_another_environment_scope_or_organisation_has_another_token(customs: Any, time: Time) -> None:
    other = customs.sandbox.connections["maskinporten_certificate"]
    from include.maskinporten.settings import settings_from_extra

    source = TokenSource(
        settings_from_extra(conn_id="other", host=other["host"], login=other["login"], extra=other["extra"])
    )
    keys = {
        toll_tokens(settings, source_, on_secret=print)._key_of(grant)
        for settings, source_, grant in (
            (customs.settings, customs.maskinporten, GRANT),
            (customs.settings, customs.maskinporten, Grant(scope="toll:eu/movement/entry")),
            (customs.settings, customs.maskinporten, Grant(scope=TOLL_SCOPE, consumer_org="310000027")),
            (customs.settings, source, GRANT),
            (replace(customs.settings, environment="prod"), customs.maskinporten, GRANT),
        )
    }
    assert len(keys) == 5


async def test_both_tokens_are_masked_in_every_form_and_shown_by_nothing(customs: Any, tokens: Any) -> None:
    token = await tokens.token(GRANT)
    assert token.value in customs.secrets
    assert token.value not in repr(token) + repr(tokens)


async def test_a_token_that_was_refused_is_forgotten_and_a_newer_one_stays(customs: Any, tokens: Any) -> None:
    first = await tokens.token(GRANT)
    tokens.drop(GRANT, first)
    second = await tokens.token(GRANT)
    tokens.drop(GRANT, first)
    assert await tokens.token(GRANT) is second
    assert exchanged(customs) == ["granted"] * 2


async def test_a_maskinporten_token_that_ended_on_the_way_is_renewed_once(customs: Any, tokens: Any) -> None:
    held = await customs.maskinporten.token(GRANT)
    customs.sandbox._bearer._known.clear()
    customs.sandbox.knobs.token_documents = 0
    with pytest.raises(AccessDenied, match="401"):
        await tokens.token(GRANT)
    assert exchanged(customs) == ["401", "401"]
    customs.sandbox.knobs.token_documents = None
    await tokens.token(GRANT)
    assert (await customs.maskinporten.token(GRANT)).value != held.value


async def test_an_exchange_that_fails_in_passing_is_asked_again(customs: Any, tokens: Any) -> None:
    customs.fault("unavailable", "lost_answer", lane="toll_token")
    await tokens.token(GRANT)
    assert customs.sandbox.services["toll_token"].requests == 3


async def test_an_exchange_that_stays_away_is_another_time(customs: Any, tokens: Any) -> None:
    customs.fault(*["error"] * 3, lane="toll_token")
    with pytest.raises(ServiceUnavailable, match="answered HTTP 500"):
        await tokens.token(GRANT)


async def test_a_renewal_that_fails_lets_the_old_token_live_on(customs: Any, tokens: Any, time: Time) -> None:
    first = await tokens.token(GRANT)
    time.now += 970 - 30
    customs.fault(*["error"] * 3, lane="toll_token")
    assert await tokens.token(GRANT) is first


async def test_being_asked_to_slow_down_says_for_how_long(customs: Any, tokens: Any) -> None:
    customs.fault("rate_limited", lane="toll_token", retry_after=9)
    with pytest.raises(RateLimited) as slow:
        await tokens.token(GRANT)
    assert slow.value.retry_after == 9


async def test_a_wrong_path_or_a_redirect_is_a_setting(customs: Any, tokens: Any) -> None:
    customs.fault("redirect", lane="toll_token")
    with pytest.raises(ConfigurationError, match="token_exchange_path"):
        await tokens.token(GRANT)
    assert customs.sandbox.services["toll_token"].counts["redirects_followed"] == 0


async def test_a_client_without_the_scope_is_told_to_ask_for_it(customs: Any) -> None:
    from include.sandbox.registry import ECOC_SCOPE

    tokens = toll_tokens(customs.settings, customs.maskinporten, on_secret=customs.secrets.append, pauses=PAUSES)
    with pytest.raises(AccessDenied, match="403"):
        await tokens.token(Grant(scope=ECOC_SCOPE))


async def test_row_1_the_exchange_can_be_switched_off(customs: Any) -> None:
    customs.sandbox.knobs.toll_token = "maskinporten"
    polls = customs.polls(token_exchange=False)
    page = await asyncio.to_thread(polls.routing, "house-consignment", None)
    assert page.items == ()
    assert customs.truth("exchange") == []
    assert customs.tokens() is customs.maskinporten


async def test_processes_of_one_host_share_toll_tokens_where_maskinportens_folder_is_named(
    customs: Any, tmp_path: Any, time: Time
) -> None:
    settings = replace(customs.maskinporten.settings, cache_dir=tmp_path / "tokens")
    first = await toll_tokens(customs.settings, TokenSource(settings), on_secret=print).token(GRANT)
    second = await toll_tokens(customs.settings, TokenSource(settings), on_secret=print).token(GRANT)
    assert second.value == first.value
    assert exchanged(customs) == ["granted"]
