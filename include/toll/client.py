"""Presents consignments to Tolletaten, each at most once a call, and says of every one what is certain about it.

One aiohttp session per client: no redirect, no proxy from the environment, no cookie, no automatic re-send, a time
limit on every phase and a size cap on every reply. What a status, body or exception means is decided in `classify`
alone; the last metre before the socket is the one that eCoC messages take too.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self
from uuid import UUID

import aiohttp
import orjson
from yarl import URL

from include.authority.exchange import Exchange, Failure
from include.authority.failures import failure_of
from include.authority.pace import Pace, retry_after_seconds
from include.authority.tokens import Tokens
from include.authority.wire import GuardedBody, never_send_twice, read_capped, unpacked
from include.errors import ConfigurationError, TryAgain
from include.toll.answer import Answer, NotAllowed, WrongCall
from include.toll.classify import Stop, Verdict, classify
from include.toll.headers import correlation_id_in, request_headers
from include.toll.presentation import GUESSED_LEVELS, Consignment, message
from include.toll.sentences import Where
from include.toll.settings import TollSettings

if TYPE_CHECKING:
    from include.maskinporten.grant import Grant
    from include.maskinporten.token import AccessToken

log = logging.getLogger(__name__)

_KEEPALIVE = 4.0
"""Seconds an idle connection is kept: below the five seconds after which common servers close theirs, since a request
that meets a closing connection ends unknown."""

_LARGEST_REPLY = 1_000_000


def always() -> bool:
    """The default of `may_send`."""
    return True


def nothing() -> None:
    """The default of `on_wire`."""


@dataclass(slots=True)
class _Try:
    """One attempt inside a presentation, kept for its evidence."""

    exchange: Exchange
    verdict: Verdict
    token: AccessToken | None = None
    correlation_id: str | None = None


class TollClient:
    """A client of the presentation interface for one grant, that is, for one organisation.

    `async with TollClient(settings, tokens, grant) as client`. The tokens stay the caller's: others may share them.
    Safe for many coroutines of one event loop; at most `settings.max_parallel` requests are in flight.
    """

    def __init__(self, settings: TollSettings, tokens: Tokens, grant: Grant) -> None:
        self._settings = settings
        self._tokens = tokens
        self._grant = grant
        self._where = Where(
            conn_id=settings.conn_id,
            base_url=settings.base_url,
            environment=settings.environment,
            scope=settings.scope,
        )
        self._slots = asyncio.Semaphore(settings.max_parallel)
        self._pace = Pace(settings.rate_per_second)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=settings.max_parallel, keepalive_timeout=_KEEPALIVE, ttl_dns_cache=300
            ),
            timeout=aiohttp.ClientTimeout(
                total=settings.total_timeout,
                connect=settings.connect_timeout,
                sock_connect=settings.connect_timeout,
                sock_read=settings.read_timeout,
            ),
            middlewares=(never_send_twice,),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def present(
        self,
        request_id: UUID,
        consignment: Consignment,
        *,
        may_send: Callable[[], bool] = always,
        on_wire: Callable[[], None] = nothing,
    ) -> Answer:
        """Present one consignment under `request_id` and say how it ended.

        `may_send` is asked immediately before the bytes are written; False ends the send as *not sent* with error class
        `expired_intent`. `on_wire` is called right after that, still before the first byte, and again before the one
        re-send that follows a 401. Neither may block.

        Raises:
            NotAllowed, WrongCall: turned away before it was judged; `answer` proves that nothing was presented.
            AccessDenied, ConfigurationError: no token can be had, or the level is a guess that no setting allows.
        """
        if consignment.level in GUESSED_LEVELS and not self._settings.guessed_levels:
            raise ConfigurationError(
                f"The level {consignment.level} is not presented, since its message is not published; set "
                f"`guessed_levels` of connection {self._settings.conn_id!r} when Tolletaten has confirmed it."
            )
        started_at = datetime.now(UTC)
        names = self._settings.field_names
        body = orjson.dumps(message(request_id, consignment, house_mrn=self._settings.house_mrn, field_names=names))
        url = URL(f"{self._settings.base_url}{self._settings.presentation_path}/{consignment.level.value}")
        async with self._slots:
            last = await self._try(url, body, may_send, on_wire, renewed=False)
            if last.verdict.error_class is Failure.UNAUTHORISED and last.token is not None:
                log.warning(
                    "%s answered 401 to token %s; it is renewed once", self._where.base_url, last.token.fingerprint
                )
                self._tokens.drop(self._grant, last.token)
                last = await self._try(url, body, may_send, on_wire, renewed=True)
        return _answer_or_stop(last, started_at, hashlib.sha256(body).hexdigest())

    async def _try(
        self, url: URL, body: bytes, may_send: Callable[[], bool], on_wire: Callable[[], None], *, renewed: bool
    ) -> _Try:
        await self._pace.wait()
        try:
            token = await self._tokens.token(self._grant)
        except TryAgain as error:
            exchange = Exchange(
                written=False, failure=Failure.TOKEN_UNAVAILABLE, reason=str(error), retry_after=error.retry_after
            )
            return _Try(exchange, self._judged(exchange))
        guard = GuardedBody(body, may_send, on_wire)
        exchange, correlation_id = await self._exchange(url, guard, request_headers(token), renewed)
        return _Try(exchange, self._judged(exchange), token, correlation_id)

    def _judged(self, exchange: Exchange) -> Verdict:
        return classify(exchange, self._where, self._settings.reuse)

    async def _exchange(
        self, url: URL, guard: GuardedBody, headers: Mapping[str, str], renewed: bool
    ) -> tuple[Exchange, str | None]:
        if self._session is None:
            return Exchange(written=False, failure=Failure.UNEXPECTED, reason="the client is not open"), None
        status: int | None = None
        retry_after: float | None = None
        correlation_id: str | None = None
        limit = min(self._settings.max_reply_bytes, _LARGEST_REPLY)
        try:
            async with self._session.post(url, data=guard, headers=headers, allow_redirects=False) as response:
                status, correlation_id = response.status, correlation_id_in(response.headers)
                retry_after = retry_after_seconds(response.headers.get("Retry-After"), now=datetime.now(UTC))
                packed, ended = await read_capped(response, limit)
                encoding = response.headers.get("Content-Encoding", "")
                if not ended:
                    response.close()
            plain, state = unpacked(packed, encoding, limit) if ended and packed else (b"", _empty(ended))
            exchange = Exchange(status=status, body=plain, body_state=state, retry_after=retry_after, renewed=renewed)
        except Exception as error:  # CancelledError is no Exception and passes; all else has an outcome
            exchange = _failed(guard, error, status, retry_after, renewed)
        finally:
            guard.retire()
        return exchange, correlation_id


def _empty(ended: bool) -> Literal["whole", "too_large"]:
    return "whole" if ended else "too_large"


def _failed(
    guard: GuardedBody, error: Exception, status: int | None, retry_after: float | None, renewed: bool
) -> Exchange:
    if status is not None:
        return Exchange(status=status, body_state="cut", retry_after=retry_after, renewed=renewed)
    failure, reason = failure_of(error)
    if guard.expired:
        failure, reason = Failure.EXPIRED_INTENT, ""
    elif failure is Failure.READ_TIMEOUT and not guard.written:
        failure = Failure.CONNECT_TIMEOUT
    return Exchange(written=guard.written, failure=failure, reason=reason, renewed=renewed)


def _answer_or_stop(last: _Try, started_at: datetime, digest: str) -> Answer:
    """The answer, raised as a person's task where the next presentation would end the same way."""
    verdict = last.verdict
    answer = Answer(
        outcome=verdict.outcome,
        sentence=verdict.sentence,
        request_sha256=digest,
        started_at=started_at,
        ended_at=datetime.now(UTC),
        http_status=last.exchange.status,
        faults=verdict.faults,
        reply=last.exchange.body or None,
        correlation_id=last.correlation_id,
        already_used=verdict.already_used,
        retry_after=last.exchange.retry_after,
        error_class=verdict.error_class.value if verdict.error_class is not None else None,
        token_fingerprint=last.token.fingerprint if last.token is not None else None,
    )
    if verdict.stop is Stop.ACCESS:
        raise NotAllowed(answer)
    if verdict.stop is Stop.SETTINGS:
        raise WrongCall(answer)
    return answer
