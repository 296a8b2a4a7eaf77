"""Tables: what each HTTP status of a register means, and what is kept of an authority's error. No socket."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from include.errors import AccessDenied, ConfigurationError, RateLimited, ServiceUnavailable
from include.register.transport import Reply
from include.register.verdict import Next, Where, judge, retry_after

WHERE = Where("fiks", "KS Fiks", "https://api.fiks.test.ks.no")

SVV = json.dumps({"svvguid": "0f3c2d1e-aa11", "melding": "Kari Nordmann"}).encode()


@pytest.mark.parametrize(
    ("reply", "following", "error"),
    [
        (Reply(200, {}, b"[]"), Next.READ, None),
        (Reply(200, state="too_large"), Next.DIVIDE, None),
        (Reply(204), Next.EMPTY, None),
        (Reply(301), Next.STOP, ConfigurationError),
        (Reply(307), Next.STOP, ConfigurationError),
        (Reply(400, {}, SVV), Next.DIVIDE, None),
        (Reply(400, {}, b"<html>"), Next.DIVIDE, None),
        (Reply(401, {}, SVV), Next.RENEW, AccessDenied),
        (Reply(403), Next.STOP, AccessDenied),
        (Reply(404), Next.STOP, ConfigurationError),
        (Reply(404, {}, SVV), Next.UNREADABLE, None),
        (Reply(405), Next.STOP, ConfigurationError),
        (Reply(413), Next.DIVIDE, None),
        (Reply(422, {"retry-after": "60"}), Next.STOP, RateLimited),
        (Reply(422, {}, "antall kjøretøy i respons overstiger kvote".encode()), Next.STOP, RateLimited),
        (Reply(422, {}, SVV), Next.DIVIDE, None),
        (Reply(429, {"retry-after": "7"}), Next.AGAIN, RateLimited),
        (Reply(500, {}, SVV), Next.AGAIN, ServiceUnavailable),
        (Reply(502), Next.AGAIN, ServiceUnavailable),
        (Reply(503, {"retry-after": "7"}), Next.AGAIN, ServiceUnavailable),
        (Reply(418), Next.AGAIN, ServiceUnavailable),
    ],
)
def test_every_status_has_its_consequence(reply: Reply, following: Next, error: Any) -> None:
    verdict = judge(reply, WHERE)
    assert verdict.next is following
    assert type(verdict.error) is (error or type(None))
    told = f"{verdict.sentence} {verdict.error or ''}"
    assert "Kari" not in told
    if reply.body == SVV and verdict.error is not None:
        assert "svvguid 0f3c2d1e-aa11" in told and "connection 'fiks'" in told
    if reply.body == SVV:
        assert verdict.support_id == "svvguid 0f3c2d1e-aa11"


@pytest.mark.parametrize(
    ("body", "support_id"),
    [
        ({"errorId": "abc-123"}, "errorId abc-123"),
        ({"errorId": "abc-123", "errorJson": {"svvGuid": "def-456"}}, "errorId abc-123"),
        ({"errorJson": '{"svvguid": "def-456"}'}, "svvguid def-456"),
        ({"errorId": "abc 123\nforged line"}, None),
        ({"errorId": 7}, None),
        ([], None),
    ],
)
def test_the_authoritys_own_id_is_kept_and_nothing_can_be_forged_with_it(body: Any, support_id: str | None) -> None:
    assert judge(Reply(500, {}, json.dumps(body).encode()), WHERE).support_id == support_id


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", None), ("120", 120), ("1.5", 1.5), ("-3", None), ("99999999", 86_400), ("nan", None), ("soon", None),
     ("Sun, 22 Nov 2026 23:00:00 GMT", 3600), ("Sun, 22 Nov 2026 20:00:00 GMT", 0)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(text: str, seconds: float | None) -> None:
    now = datetime(2026, 11, 22, 22, tzinfo=UTC)
    assert retry_after({"retry-after": text}, now=now) == seconds
