"""Sends eCoC messages to Statens vegvesen, each at most once, and says of every one what is certain about it.

One aiohttp session per client: no redirect, no proxy from the environment, no cookie, no automatic re-send, a time
limit on every phase and a size cap on every reply. What a status, body or exception means is decided in `classify`
alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from include.authority.exchange import Exchange, Failure
from include.authority.failures import failure_of
from include.authority.pace import Pace, retry_after_seconds
from include.authority.tokens import Tokens
from include.authority.wire import GuardedBody, read_capped, unpacked
from include.errors import SamsvarError, TryAgain
from include.vegvesen.answer import Answer
from include.vegvesen.classify import Operation, Verdict, classify
from include.vegvesen.messages import CREATE_PATH
from include.vegvesen.sentences import Where
from include.vegvesen.session import open_session
from include.vegvesen.settings import VegvesenSettings

if TYPE_CHECKING:
    from include.maskinporten.grant import Grant
    from include.maskinporten.token import AccessToken

log = logging.getLogger(__name__)


def always() -> bool:
    """The default of `may_send`."""
    return True


def nothing() -> None:
    """The default of `on_wire`."""


Judge = Callable[[Exchange, Where], Verdict]
"""What an exchange means, for messages that are none of the eCoC interface."""


@dataclass(slots=True)
class _Try:
    """One attempt inside a send, kept for its evidence."""

    exchange: Exchange
    verdict: Verdict
    token: AccessToken | None
    retry_after: float | None


@dataclass(frozen=True, slots=True)
class _Call:
    """What is sent where; `body` of a deletion is empty."""

    method: Literal["POST", "DELETE"]
    url: URL
    body: bytes
    operation: Operation
    judge: Judge | None = None


class VegvesenClient:
    """A client of the eCoC interface for one grant, that is, for one importer.

    `async with VegvesenClient(settings, tokens, grant) as client`. The token source stays the caller's: others may
    share it. Safe for many coroutines of one event loop; at most `settings.max_parallel` requests are in flight.
    """

    def __init__(self, settings: VegvesenSettings, tokens: Tokens, grant: Grant) -> None:
        self._settings = settings
        self._tokens = tokens
        self._grant = grant
        self._where = Where(conn_id=settings.conn_id, base_url=settings.base_url, environment=settings.environment)
        self._url = URL(settings.base_url + CREATE_PATH)
        self._slots = asyncio.Semaphore(settings.max_parallel)
        self._pace = Pace(settings.rate_per_second)
        self._session: aiohttp.ClientSession | None = None
        self._headers_of: tuple[AccessToken, CIMultiDict[str]] | None = None

    async def __aenter__(self) -> Self:
        self._session = open_session(self._settings)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def create(
        self, body: bytes, *, may_send: Callable[[], bool] = always, on_wire: Callable[[], None] = nothing
    ) -> Answer:
        """Send one create message (made by `create_body`) and say how it ended.

        `may_send` is asked immediately before the bytes are written; False ends the send as *not sent* with error class
        `expired_intent`. `on_wire` is called right after that, still before the first byte, and again before the one
        re-send that follows a 401: a caller that cancels this coroutine knows from it whether the socket was written.
        Neither may block. Nothing but `asyncio.CancelledError` leaves this method.
        """
        digest = hashlib.sha256(body).hexdigest()
        return await self._send(_Call("POST", self._url, body, "opprette"), digest, may_send, on_wire)

    async def delete(
        self, path: str, *, may_send: Callable[[], bool] = always, on_wire: Callable[[], None] = nothing
    ) -> Answer:
        """Send one deletion (a path made by `deletion_path`, encoded already); as `create` otherwise."""
        digest = hashlib.sha256(f"DELETE {path}".encode()).hexdigest()
        url = URL(self._settings.base_url + path, encoded=True)
        return await self._send(_Call("DELETE", url, b"", "slette"), digest, may_send, on_wire)

    async def post(
        self,
        path: str,
        body: bytes,
        judge: Judge,
        *,
        may_send: Callable[[], bool] = always,
        on_wire: Callable[[], None] = nothing,
    ) -> Answer:
        """Send one message of another interface of the authority; `judge` says what its answer means.

        `request_sha256` of the answer is empty: such a body may hold what must not be recognised by a plain hash.
        """
        call = _Call("POST", URL(self._settings.base_url + path), body, "opprette", judge)
        return await self._send(call, "", may_send, on_wire)

    async def _send(
        self, call: _Call, digest: str, may_send: Callable[[], bool], on_wire: Callable[[], None]
    ) -> Answer:
        started_at = datetime.now(UTC)
        async with self._slots:
            last = await self._try(call, may_send, on_wire, renewed=False)
            if last.verdict.error_class is Failure.UNAUTHORISED and last.token is not None:
                log.warning(
                    "%s answered 401 to token %s; it is renewed once", self._where.base_url, last.token.fingerprint
                )
                self._tokens.drop(self._grant, last.token)
                last = await self._try(call, may_send, on_wire, renewed=True)
        return Answer(
            outcome=last.verdict.outcome,
            http_status=last.exchange.status,
            reply=last.verdict.reply,
            body=last.exchange.body,
            error_class=last.verdict.error_class.value if last.verdict.error_class is not None else None,
            sentence=last.verdict.sentence,
            stops_lot=last.verdict.stops_lot,
            retry_after=last.retry_after,
            started_at=started_at,
            ended_at=datetime.now(UTC),
            token_fingerprint=last.token.fingerprint if last.token is not None else None,
            request_sha256=digest,
        )

    async def _try(
        self, call: _Call, may_send: Callable[[], bool], on_wire: Callable[[], None], *, renewed: bool
    ) -> _Try:
        await self._pace.wait()
        try:
            token = await self._tokens.token(self._grant)
        except Exception as error:  # every end of a token call has an outcome; a bug must not look like a send
            return self._without_token(error, call)
        guard = GuardedBody(call.body, may_send, on_wire)
        exchange = await self._exchange(call, guard, self._headers(token), renewed)
        return _Try(exchange, self._verdict(exchange, call), token, exchange.retry_after)

    def _verdict(self, exchange: Exchange, call: _Call) -> Verdict:
        if call.judge is not None:
            return call.judge(exchange, self._where)
        where = self._where if call.operation == "opprette" else replace(self._where, subject="deletion")
        return classify(exchange, where, call.operation)

    def _without_token(self, error: Exception, call: _Call) -> _Try:
        known = isinstance(error, SamsvarError)
        failure = Failure.TOKEN_UNAVAILABLE if isinstance(error, TryAgain) else Failure.TOKEN_REFUSED
        exchange = Exchange(
            written=False,
            failure=failure if known else Failure.UNEXPECTED,
            reason=str(error) if known else type(error).__name__,
        )
        retry_after = error.retry_after if isinstance(error, TryAgain) else None
        return _Try(exchange, self._verdict(exchange, call), None, retry_after)

    async def _exchange(self, call: _Call, guard: GuardedBody, headers: CIMultiDict[str], renewed: bool) -> Exchange:
        if self._session is None:
            return Exchange(written=False, failure=Failure.UNEXPECTED, reason="the client is not open")
        status: int | None = None
        retry_after: float | None = None
        try:
            async with self._session.request(
                call.method, call.url, data=guard, headers=headers, allow_redirects=False
            ) as response:
                status = response.status
                if status != 200:
                    retry_after = retry_after_seconds(response.headers.get("Retry-After"), now=datetime.now(UTC))
                packed, ended = await read_capped(response, self._settings.max_reply_bytes)
                encoding = response.headers.get("Content-Encoding", "")
                if not ended:
                    response.close()
            plain, state = unpacked(packed, encoding, self._settings.max_reply_bytes) if ended else (b"", "too_large")
            return Exchange(status=status, body=plain, body_state=state, retry_after=retry_after, renewed=renewed)
        except Exception as error:  # CancelledError is no Exception and passes; all else has an outcome
            return self._failed(guard, error, status, retry_after, renewed)
        finally:
            guard.retire()

    def _failed(
        self, guard: GuardedBody, error: Exception, status: int | None, retry_after: float | None, renewed: bool
    ) -> Exchange:
        if status is not None:
            return Exchange(status=status, body_state="cut", retry_after=retry_after, renewed=renewed)
        failure, reason = failure_of(error)
        if guard.expired:
            failure, reason = Failure.EXPIRED_INTENT, ""
        elif failure is Failure.READ_TIMEOUT and not guard.written:
            failure = Failure.CONNECT_TIMEOUT
        return Exchange(written=guard.written, failure=failure, reason=reason, renewed=renewed)

    def _headers(self, token: AccessToken) -> CIMultiDict[str]:
        """One set of headers per token, not per document."""
        if self._headers_of is None or self._headers_of[0] is not token:
            headers = CIMultiDict(
                {
                    "Authorization": f"Bearer {token.value}",
                    "Content-Type": "application/json",
                    "Accept": "application/json",
                    "Accept-Encoding": "identity",
                    "User-Agent": "Samsvar",
                }
            )
            self._headers_of = (token, headers)
        return self._headers_of[1]
