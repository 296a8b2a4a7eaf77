"""The second step to a Toll token: a Maskinporten token is exchanged for one of Tolletaten's own.

Source: Tolletaten's pages on Maskinporten. An exchange changes nothing at Tolletaten, so it may be repeated safely.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from include.errors import AccessDenied, ConfigurationError, RateLimited, SamsvarError, ServiceUnavailable
from include.maskinporten.cached import CachedTokens
from include.maskinporten.clock import Clock
from include.maskinporten.endpoint import SessionFactory, TokenEndpoint, TokenReply
from include.maskinporten.grant import Grant, cache_key
from include.maskinporten.purchase import TRIES, Bought, OnSecret, Pauses, bought_in, told_to
from include.maskinporten.source import TokenSource, shared_files
from include.toll.settings import TollSettings

_UNAUTHORISED = (400, 401)
"""A Maskinporten token that ended on the way, or was refused for a reason no page names, is renewed once."""


@dataclass(frozen=True, slots=True)
class _Address:
    """Where tokens are exchanged, as `TokenEndpoint` wants it told."""

    conn_id: str
    token_endpoint: str
    timeout: float
    ca_file: str | None = None


class Exchange:
    """Exchanges tokens for one connection: a `Buyer` of `CachedTokens`."""

    def __init__(
        self,
        settings: TollSettings,
        source: TokenSource,
        *,
        on_secret: OnSecret,
        clock: Clock | None = None,
        pauses: Pauses | None = None,
        session_factory: SessionFactory | None = None,
    ) -> None:
        address = settings.base_url + settings.token_exchange_path
        timeout = settings.connect_timeout + source.settings.timeout
        self._where = f"Connection `{settings.conn_id}`: {address}"
        self._source = source
        self._on_secret = on_secret
        self._pauses = pauses or Pauses()
        self._scope = settings.scope
        self._endpoint = TokenEndpoint(
            _Address(settings.conn_id, address, timeout),
            clock or Clock(),
            session_factory,
            trust="check the host of the connection and the trust store of the worker",
        )

    async def tell(self, secret: str) -> None:
        """Make `secret` known to whoever masks secrets."""
        await told_to(self._on_secret, secret)

    async def buy(self, grant: Grant) -> Bought:
        """A new Toll token for `grant`.

        Raises:
            AccessDenied, ConfigurationError: a person must act; the sentence says how.
            ServiceUnavailable, RateLimited: no token after a few tries; later may help.
        """
        failures, renewed = 0, False
        while True:
            token = await self._source.token(grant)
            try:
                reply = await self._endpoint.ask(_form(token.value))
                if reply.status == 200:
                    return await self._read(reply, grant)
                error = self._refusal(reply)
                if isinstance(error, ServiceUnavailable):
                    raise error
            except ServiceUnavailable:
                failures += 1
                if failures >= TRIES:
                    raise
                await self._pauses.before_try(failures)
                continue
            if reply.status not in _UNAUTHORISED or renewed:
                raise error
            renewed = True
            self._source.drop(grant, token)

    async def _read(self, reply: TokenReply, grant: Grant) -> Bought:
        bought = bought_in(reply, grant)
        if bought is None:
            raise ServiceUnavailable(f"{self._where} answered HTTP 200 without a readable token; it is asked again.")
        await self.tell(bought.value)
        return bought

    def _refusal(self, reply: TokenReply) -> SamsvarError:
        status = reply.status
        if status == 429:
            return RateLimited(f"{self._where} asks to slow down.", retry_after=reply.retry_after)
        if status == 408 or status >= 500:
            sentence = f"{self._where} answered HTTP {status}; it is asked again later."
            return ServiceUnavailable(sentence, retry_after=reply.retry_after)
        if status in (400, 401, 403):
            return AccessDenied(
                f"{self._where} answered {status} to a Maskinporten token for {self._scope}; check that Tolletaten has "
                "granted the scope to this organisation, and the environment of both connections."
            )
        return ConfigurationError(
            f"{self._where} answered {status}, so no token can be exchanged there; check the host and "
            "`token_exchange_path`, or set `token_exchange` to false."
        )


def toll_tokens(
    settings: TollSettings,
    source: TokenSource,
    *,
    on_secret: OnSecret,
    clock: Clock | None = None,
    pauses: Pauses | None = None,
) -> CachedTokens:
    """The tokens to call Tolletaten with: exchanged ones, or Maskinporten's own with `token_exchange` off.

    Kept by environment, organisation and scope; shared between the processes of a host where `source` is.
    """
    if not settings.token_exchange:
        return source
    clock = clock or Clock()

    def key(grant: Grant) -> str:
        parts = [settings.environment, settings.base_url, settings.token_exchange_path]
        return hashlib.sha256(json.dumps([*parts, cache_key(source.settings, grant)]).encode()).hexdigest()

    return CachedTokens(
        Exchange(settings, source, on_secret=on_secret, clock=clock, pauses=pauses),
        key_of=key,
        margin=settings.token_margin,
        whose="Toll",
        files=shared_files(source.settings, clock),
        clock=clock,
    )


def _form(maskinporten_token: str) -> dict[str, str]:
    return {
        "grant_type": "token-exchange",
        "subject_token_type": "access_token",
        "subject_token": maskinporten_token,
    }
