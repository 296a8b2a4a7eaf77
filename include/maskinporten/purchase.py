"""From a grant to a token: sign, ask, and decide whether another try can help.

A token call may be repeated safely (it changes nothing at Maskinporten), but never with the same assertion: every try
signs anew, with its own jti and iat.
"""

from __future__ import annotations

import asyncio
import inspect
import random
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from include.errors import ServiceUnavailable
from include.maskinporten.clock import Clock
from include.maskinporten.endpoint import SessionFactory, TokenEndpoint, TokenReply
from include.maskinporten.errors_table import refusal
from include.maskinporten.grant import Grant, build_assertion
from include.maskinporten.secret_forms import token_forms
from include.maskinporten.settings import MaskinportenSettings

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"

OnSecret = Callable[[str], Awaitable[None] | None]

TRIES = 3
_FIRST_PAUSE = 0.5
_LONGEST_TOKEN = 16_000
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Pauses:
    """How tries are spread: `sleep` waits, `jitter(low, high)` chooses; tests pass their own."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[float, float], float] = random.uniform

    async def before_try(self, failures: int) -> None:
        """Wait before the next try, longer after each failure."""
        longest = _FIRST_PAUSE * 2.0**failures
        await self.sleep(self.jitter(longest / 2, longest))


@dataclass(frozen=True, slots=True)
class Bought:
    """A token as it was told: `lifetime` is expires_in in seconds, counted from `asked_at` on the monotonic clock."""

    value: str = field(repr=False)
    scope: str
    lifetime: float
    asked_at: float


class Purchase:
    """Buys tokens for one connection. `on_secret` hears of every assertion and token before it is used."""

    def __init__(
        self,
        settings: MaskinportenSettings,
        *,
        clock: Clock,
        on_secret: OnSecret,
        session_factory: SessionFactory | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._on_secret = on_secret
        self._pauses = pauses or Pauses()
        self._endpoint = TokenEndpoint(settings, clock, session_factory)

    async def buy(self, grant: Grant) -> Bought:
        """A new token for `grant`.

        Raises:
            AccessDenied, ConfigurationError: a person must act; the sentence says how.
            ServiceUnavailable, RateLimited: no token after a few tries; later may help.
        """
        failures = 0
        renewed = False
        while True:
            try:
                reply = await self._ask(grant)
                if reply.status == 200:
                    return await self._read(grant, reply)
                if reply.status >= 500 or reply.status == 408:
                    raise self._unavailable(f"answered HTTP {reply.status}", reply.retry_after)
            except ServiceUnavailable:
                failures += 1
                if failures >= TRIES:
                    raise
                await self._pauses.before_try(failures)
                continue
            refused = refusal(
                self._settings,
                grant,
                status=reply.status,
                body=reply.body,
                skew=reply.skew,
                retry_after=reply.retry_after,
            )
            if renewed or not refused.new_grant:
                raise refused.error
            renewed = True

    async def tell(self, secret: str) -> None:
        """Make `secret` known to whoever masks secrets."""
        await told_to(self._on_secret, secret)

    async def _ask(self, grant: Grant) -> TokenReply:
        assertion = build_assertion(self._settings, grant, now=self._clock.wall(), jti=str(uuid.uuid4()))
        await self.tell(assertion)
        return await self._endpoint.ask({"grant_type": GRANT_TYPE, "assertion": assertion})

    async def _read(self, grant: Grant, reply: TokenReply) -> Bought:
        bought = bought_in(reply, grant)
        if bought is None:
            raise self._unavailable("answered HTTP 200 without a readable token", None)
        await self.tell(bought.value)
        return bought

    def _unavailable(self, what: str, retry_after: float | None) -> ServiceUnavailable:
        return ServiceUnavailable(
            f"Connection `{self._settings.conn_id}`: {self._settings.token_endpoint} {what}; "
            "the task is tried again later.",
            retry_after=retry_after,
        )


async def told_to(on_secret: OnSecret, secret: str) -> None:
    """Tell `on_secret` of a token or assertion in each form to mask."""
    for form in token_forms(secret):
        waiting = on_secret(form)
        if inspect.isawaitable(waiting):
            await waiting


def bought_in(reply: TokenReply, grant: Grant) -> Bought | None:
    """The bearer token of a 200 reply (RFC 6749 §5.1), None when there is none that can be used."""
    told = _object(reply.body)
    value, lifetime, scope = told.get("access_token"), _seconds(told.get("expires_in")), told.get("scope")
    bearer = str(told.get("token_type", "Bearer")).lower() == "bearer"
    if not isinstance(value, str) or not _is_token(value) or not lifetime or not bearer:
        return None
    return Bought(value, scope if isinstance(scope, str) else " ".join(grant.scopes), lifetime, reply.asked_at)


def _is_token(value: str) -> bool:
    return len(value) <= _LONGEST_TOKEN and _TOKEN.fullmatch(value) is not None


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(value: object) -> float | None:
    """`expires_in` as a positive number, also when it was sent as text; None when it is no such thing."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None
