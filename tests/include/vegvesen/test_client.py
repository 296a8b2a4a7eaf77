"""One send over a real socket: what came back, how fast, and how often the authority was asked."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import Any

import pytest

from include.outcomes import Outcome

BODY = b'{"ivi":{"iviDokument":"PGEvPg=="}}'
A, R, N, U = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.NOT_SENT, Outcome.UNKNOWN

ON_THE_SOCKET = {
    200: (A, R, U), 201: (A, R, U), 301: (U, R, U), 302: (U, R, U), 307: (U, R, U), 308: (U, R, U), 400: (U, R, N),
    403: (U, R, N), 404: (U, R, N), 405: (U, R, N), 407: (U, R, N), 408: (U, R, U), 409: (U, R, N), 413: (U, R, N),
    415: (U, R, N), 422: (U, R, N), 429: (U, N, N), 500: (U, R, U), 502: (U, R, U), 503: (U, R, U), 504: (U, R, U),
}  # fmt: skip


async def test_a_creation_is_accepted_with_all_its_evidence(kit: Any) -> None:
    golden = kit.golden("ecoc_created_with_warning.json")
    answer, hits = await kit.one(kit.http(200, golden))
    assert (answer.outcome, answer.http_status, answer.body, hits) == (Outcome.ACCEPTED, 200, golden, 1)
    assert (answer.error_class, answer.stops_lot, answer.retry_after) == (None, False, None)
    assert answer.reply.kuid == "1234567890"
    assert answer.request_sha256 == hashlib.sha256(b"{}").hexdigest()
    assert len(answer.token_fingerprint) == 16
    assert answer.started_at.tzinfo is not None
    assert answer.started_at <= answer.ended_at


@pytest.mark.parametrize("status", list(ON_THE_SOCKET))
async def test_every_status_ends_as_the_table_says_after_exactly_one_request(kit: Any, status: int) -> None:
    bodies = (kit.golden("ecoc_created_with_warning.json"), kit.golden("ecoc_create_refused_avgift.json"), b"<html/>")
    answers = [kit.http(status, body, "Location: http://127.0.0.1:9/elsewhere") for body in bodies]
    async with kit.answering(*answers) as authority, kit.client(authority.url) as client:
        outcomes = tuple([(await client.create(BODY)).outcome for _ in bodies])
        assert (outcomes, authority.hits) == (ON_THE_SOCKET[status], 3)


async def test_never_more_requests_in_flight_than_the_connection_allows(kit: Any) -> None:
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))
    busy: list[int] = [0, 0]

    async def slow(request: Any, writer: asyncio.StreamWriter) -> None:
        busy[0] += 1
        busy[1] = max(busy)
        await asyncio.sleep(0.02)
        busy[0] -= 1
        writer.write(created)

    async with kit.authority(slow) as authority, kit.client(authority.url, max_parallel=3) as client:
        answers = await asyncio.gather(*(client.create(BODY) for _ in range(12)))
        assert {answer.outcome for answer in answers} == {A}
        assert (busy[1], authority.connections) == (3, 3)


async def test_waiting_for_a_free_place_does_not_count_as_time_to_connect(kit: Any) -> None:
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))

    async def slow(request: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(created)

    narrow = {"max_parallel": 1, "connect_timeout": 0.1}
    async with kit.authority(slow) as authority, kit.client(authority.url, **narrow) as client:
        answers = await asyncio.gather(*(client.create(BODY) for _ in range(3)))
    assert {answer.outcome for answer in answers} == {A}


async def test_the_rate_of_the_connection_is_kept(kit: Any) -> None:
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))
    async with kit.answering(created) as authority, kit.client(authority.url, rate_per_second=20.0) as client:
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*(client.create(BODY) for _ in range(7)))
        assert asyncio.get_running_loop().time() - begun >= 0.3


@pytest.mark.parametrize(("status", "outcome"), [(429, N), (503, U)])
async def test_retry_after_is_handed_on(kit: Any, status: int, outcome: Outcome) -> None:
    answer, hits = await kit.one(kit.http(status, b"", "Retry-After: 12"))
    assert (answer.outcome, answer.retry_after, answer.stops_lot, hits) == (outcome, 12.0, False, 1)


async def test_the_token_is_in_no_log_answer_or_sentence(kit: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    for raw in (kit.http(401), kit.http(500), kit.http(301, b"", "Location: http://127.0.0.1:9/"), b"nonsense\r\n\r\n"):
        answer, _ = await kit.one(raw)
        assert kit.CANARY not in repr(answer)
    assert "is renewed once" in caplog.text
    assert kit.CANARY not in caplog.text


async def test_a_proxy_of_the_environment_is_not_used(kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    answer, hits = await kit.one(kit.http(200, kit.golden("ecoc_created_with_warning.json")))
    assert (answer.outcome, hits) == (A, 1)


async def test_a_client_that_was_not_opened_sends_nothing(kit: Any) -> None:
    answer = await kit.client("http://127.0.0.1:9").create(BODY)
    assert (answer.outcome, answer.error_class) == (N, "unexpected")
