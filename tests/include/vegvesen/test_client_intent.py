"""Tokens, expired intents and cancellations: what may still be sent, and what the caller learns about the socket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from include.errors import AccessDenied, ConfigurationError, RateLimited, ServiceUnavailable
from include.outcomes import Outcome

BODY = b'{"ivi":{"iviDokument":"PGEvPg=="}}'
A, N = Outcome.ACCEPTED, Outcome.NOT_SENT


async def test_one_401_renews_the_token_once_and_sends_once_more(kit: Any) -> None:
    tokens = kit.Tokens()
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))
    async with kit.answering(kit.http(401), created) as authority, kit.client(authority.url, tokens) as client:
        answer = await client.create(BODY)
        sent = [request.headers["authorization"].rsplit("-", 1)[1] for request in authority.requests]
    assert (answer.outcome, sent, len(tokens.dropped)) == (A, ["0", "1"], 1)


async def test_a_second_401_is_not_sent_and_stops_the_lot_with_one_sentence(kit: Any) -> None:
    answer, hits = await kit.one(kit.http(401, b"denied"))
    assert (answer.outcome, answer.error_class, answer.stops_lot, hits) == (N, "unauthorised", True, 2)
    assert "twice, the second time to a fresh token" in answer.sentence


@pytest.mark.parametrize(
    ("error", "error_class", "stops", "wait"),
    [
        (AccessDenied("No delegation."), "token_refused", True, None),
        (ConfigurationError("No key."), "token_refused", True, None),
        (ServiceUnavailable("Maskinporten is away."), "token_unavailable", False, None),
        (RateLimited("Slow down.", retry_after=7.0), "token_unavailable", False, 7.0),
        (ValueError("a bug with canary-token-7f3a"), "unexpected", True, None),
    ],
)
async def test_without_a_token_nothing_is_sent(
    kit: Any, error: Exception, error_class: str, stops: bool, wait: float | None
) -> None:
    tokens = kit.Tokens()
    tokens.fails = error
    async with kit.answering(b"") as authority, kit.client(authority.url, tokens) as client:
        answer = await client.create(BODY)
        assert (answer.outcome, answer.error_class, answer.stops_lot) == (N, error_class, stops)
        assert (answer.retry_after, authority.hits, authority.connections) == (wait, 0, 0)
    assert kit.CANARY not in answer.sentence
    assert error_class == "unexpected" or answer.sentence == str(error)


async def test_a_renewal_that_fails_after_a_401_leaves_the_document_not_sent(kit: Any) -> None:
    tokens = kit.Tokens()
    tokens.fails_after_drop = ServiceUnavailable("Maskinporten is away.")
    async with kit.answering(kit.http(401)) as authority, kit.client(authority.url, tokens) as client:
        answer = await client.create(BODY)
        assert (answer.outcome, answer.error_class, authority.hits) == (N, "token_unavailable", 1)


async def test_an_expired_intent_is_asked_for_last_and_sends_not_one_byte(kit: Any) -> None:
    wired: list[int] = []
    async with kit.answering(b"") as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY, may_send=lambda: False, on_wire=lambda: wired.append(1))
        await asyncio.sleep(0.05)
        assert (answer.outcome, answer.error_class, answer.stops_lot) == (N, "expired_intent", False)
        assert (authority.hits, authority.connections, wired) == (0, 1, [])


async def test_an_intent_that_expires_during_the_renewal_is_not_sent_again(kit: Any) -> None:
    asked: list[int] = []

    def may_send() -> bool:
        asked.append(1)
        return len(asked) == 1

    async with kit.answering(kit.http(401)) as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY, may_send=may_send)
        assert (answer.outcome, answer.error_class, authority.hits) == (N, "expired_intent", 1)


@pytest.mark.parametrize("name", ["may_send", "on_wire"])
async def test_a_callback_that_raises_sends_nothing_and_lets_nothing_escape(kit: Any, name: str) -> None:
    def broken() -> bool:
        raise RuntimeError("a bug")

    async with kit.answering(b"") as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY, **{name: broken})
        assert (answer.outcome, authority.hits) == (N, 0)


async def test_a_cancelled_send_tells_through_on_wire_whether_the_socket_was_written(kit: Any) -> None:
    arrived = asyncio.Event()

    async def stall(request: Any, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(1)

    wired: list[str] = []
    async with kit.authority(stall) as authority, kit.client(authority.url, max_parallel=1) as client:
        first = asyncio.create_task(client.create(BODY, on_wire=lambda: wired.append("first")))
        second = asyncio.create_task(client.create(BODY, on_wire=lambda: wired.append("second")))
        await arrived.wait()
        for task in (first, second):
            task.cancel()
        ends = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(end) for end in ends] == [asyncio.CancelledError] * 2
        assert (wired, authority.hits) == (["first"], 1)
