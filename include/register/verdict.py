"""What the HTTP status of a lookup means: the one classification that every adapter shares.

Source: Kjøretøysøk v2 (200, 204, 400), the newer lookup (400 for too many, 422 with Retry-After for the quota). Bodies
are read for the authorities' ids and codes only and never quoted: they hold owners.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

import orjson

from include.errors import AccessDenied, ConfigurationError, PersonMustAct, RateLimited, ServiceUnavailable, TryAgain
from include.register.transport import Reply

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,63}")
_QUOTA = re.compile(rb"kvote|quota", re.IGNORECASE)


class Next(StrEnum):
    """What follows from a reply."""

    READ = "read"
    EMPTY = "empty"
    DIVIDE = "divide"
    UNREADABLE = "unreadable"
    RENEW = "renew"
    AGAIN = "again"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Where:
    """What a sentence may name."""

    conn_id: str
    service: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`error` goes with AGAIN, RENEW and STOP, `sentence` with DIVIDE and UNREADABLE. AGAIN may be tried at once."""

    next: Next
    sentence: str = ""
    error: PersonMustAct | TryAgain | None = None
    support_id: str | None = None


def judge(reply: Reply, where: Where, *, now: datetime | None = None) -> Verdict:
    """The verdict on a reply by its status; whether a 200 can be read is decided where it is read."""
    said = told(reply.body)
    support_id = support_id_of(said)
    at = f"{where.service} ({where.base_url}, connection {where.conn_id!r}){_ending(support_id)}"
    if reply.status == 200:
        return _read(reply, support_id)
    if reply.status == 204:
        return Verdict(Next.EMPTY)
    if 300 <= reply.status < 400:
        return _stop(ConfigurationError(f"{at} redirects, which is never followed; correct the base URL."), support_id)
    if reply.status == 401:
        sentence = f"{at} refused the access token twice; check the scope and environment of its Maskinporten client."
        return Verdict(Next.RENEW, error=AccessDenied(sentence), support_id=support_id)
    if reply.status == 403:
        sentence = f"{at} says 403: this client has no right to the register; ask the authority for the access."
        return _stop(AccessDenied(sentence), support_id)
    if reply.status in (400, 413, 414, 422):
        return _of_the_request(reply, at, support_id, now)
    if reply.status == 404 and said:
        return Verdict(
            Next.UNREADABLE, 'The register answered 404, which is not its way to say "not found".', None, support_id
        )
    if reply.status in (404, 405, 406, 415):
        sentence = f"{at} answered {reply.status}; check the base URL and the ids in the connection."
        return _stop(ConfigurationError(sentence), support_id)
    return _of_the_service(reply, at, support_id, now)


def _read(reply: Reply, support_id: str | None) -> Verdict:
    if reply.state == "too_large":
        return Verdict(Next.DIVIDE, "The register's answer is larger than max_reply_bytes allows.", None, support_id)
    return Verdict(Next.READ, support_id=support_id)


def _of_the_request(reply: Reply, at: str, support_id: str | None, now: datetime | None) -> Verdict:
    pause = retry_after(reply.headers, now=now)
    if reply.status == 422 and (pause is not None or _QUOTA.search(reply.body[:10_000])):
        sentence = (
            f"{at} says that the quota of vehicles is used up; it is counted anew after midnight, Norwegian time."
        )
        return _stop(RateLimited(sentence, retry_after=pause), support_id)
    return Verdict(Next.DIVIDE, f"The register refused the question ({reply.status}).", None, support_id)


def _of_the_service(reply: Reply, at: str, support_id: str | None, now: datetime | None) -> Verdict:
    pause = retry_after(reply.headers, now=now)
    if reply.status == 429:
        error: TryAgain = RateLimited(f"{at} asks to slow down.", retry_after=pause)
    else:
        error = ServiceUnavailable(f"{at} answered {reply.status}; it is asked again later.", retry_after=pause)
    return Verdict(Next.AGAIN, error=error, support_id=support_id)


def _stop(error: PersonMustAct | TryAgain, support_id: str | None) -> Verdict:
    return Verdict(Next.STOP, error=error, support_id=support_id)


def told(body: bytes) -> Mapping[str, Any]:
    """The authority's error object; empty for anything else. Only small bodies are errors."""
    if not body or len(body) > 100_000 or body[:1] not in b"{ \r\n\t":
        return {}
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def support_id_of(said: Mapping[str, Any]) -> str | None:
    """`svvguid` of Statens vegvesen or `errorId` of KS Fiks, also inside `errorJson`; None when there is none."""
    inner = said.get("errorJson")
    if isinstance(inner, str):
        inner = told(inner.encode())
    for content in (said, inner if isinstance(inner, dict) else {}):
        lower = {str(name).lower(): value for name, value in content.items()}
        for name in ("svvguid", "errorid"):
            if isinstance(lower.get(name), str) and _ID.fullmatch(lower[name]):
                return f"{'svvguid' if name == 'svvguid' else 'errorId'} {lower[name]}"
    return None


def _ending(support_id: str | None) -> str:
    return f", {support_id}," if support_id else ""


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds from Retry-After (a number or an HTTP date), at most a day; None when absent or unreadable."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text) if text.replace(".", "", 1).isdigit() else _until(text, now or datetime.now(UTC))
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), 86_400.0) if math.isfinite(seconds) else None


def _until(text: str, now: datetime) -> float:
    moment = parsedate_to_datetime(text)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
