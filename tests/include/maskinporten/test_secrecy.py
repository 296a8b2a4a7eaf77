from __future__ import annotations

import asyncio
import logging
import pickle
from dataclasses import replace

import pytest

from include.errors import AccessDenied, ConfigurationError
from include.maskinporten.grant import Grant

GRANT = Grant("svv:kjoretoy/ecoc")


async def test_a_mask_that_fails_hard_reaches_the_caller_instead_of_looping(make_source, maskinporten):
    class HardStop(BaseException):
        pass

    def refuse(secret):
        raise HardStop

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    with pytest.raises(HardStop):
        await asyncio.wait_for(make_source(on_secret=refuse).token(GRANT), 2)
    assert maskinporten.assertions == []


async def test_every_assertion_and_token_is_told_before_it_is_used(make_source, maskinporten):
    told = []
    maskinporten.refuses("MP-012")
    token = await make_source(on_secret=told.append).token(GRANT)
    assert {*maskinporten.assertions, token.value} <= set(told)
    assert token.value.split(".")[1] in told


async def test_an_awaitable_mask_is_awaited(make_source, maskinporten):
    told = []

    async def mask(secret):
        await asyncio.sleep(0)
        told.append(secret)

    await make_source(on_secret=mask).token(GRANT)
    assert maskinporten.assertions[0] in told


async def test_no_secret_shows_in_logs_texts_errors_or_pickles(make_source, maskinporten, settings, caplog, pem):
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    source = make_source()
    token = await source.token(GRANT)
    shown = [repr(source), repr(source.settings), str(token), repr(token), f"{token}", repr(source.__dict__)]
    echo = {"error": "invalid_grant", "error_description": f"refused: {maskinporten.assertions[0]} and {token.value}"}
    for status, body in [(400, echo), (403, echo), (418, echo)]:
        source.drop(GRANT, await source.token(GRANT))
        maskinporten.script.append(maskinporten.answers(status, body))
        with pytest.raises((AccessDenied, ConfigurationError)) as caught:
            await source.token(GRANT)
        shown += [str(caught.value), repr(caught.value), pickle.dumps(caught.value).decode("latin-1")]
    text = "\n".join(shown) + caplog.text
    secrets = [*settings.key.secrets(), *maskinporten.assertions, *maskinporten.tokens]
    secrets += [part for secret in secrets for part in secret.split(".") if len(part) > 60]
    assert [secret for secret in secrets if secret in text] == []
    for thing in (token, source, source.settings):
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(thing)


async def test_the_fingerprint_is_all_that_tells_two_tokens_apart(make_source):
    source = make_source()
    one = await source.token(GRANT)
    source.drop(GRANT, one)
    other = await source.token(GRANT)
    assert len(one.fingerprint) == 16 and one.fingerprint != other.fingerprint
    assert replace(one).fingerprint == one.fingerprint
