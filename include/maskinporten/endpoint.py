"""One call of the token endpoint: bounded in time and size, never redirected, never through a proxy."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Protocol

import aiohttp

from include.errors import ConfigurationError, ServiceUnavailable
from include.maskinporten.clock import Clock, measured_skew

LARGEST_REPLY = 64_000
_LONGEST_WAIT = 3600.0

SessionFactory = Callable[[], aiohttp.ClientSession]


@dataclass(frozen=True, slots=True)
class TokenReply:
    """What came back. `asked_at` is the monotonic clock before the call; `skew` and `retry_after` are seconds."""

    status: int
    body: bytes = field(repr=False)
    asked_at: float
    skew: float | None
    retry_after: float | None


class EndpointSettings(Protocol):
    """Which endpoint, for which connection; `timeout` is seconds for a whole call, `ca_file` PEM or None (system's)."""

    @property
    def conn_id(self) -> str: ...
    @property
    def token_endpoint(self) -> str: ...
    @property
    def timeout(self) -> float: ...
    @property
    def ca_file(self) -> str | None: ...


class TokenEndpoint:
    """The token endpoint of one connection. Holds no open connection between calls, so it belongs to no event loop.

    `trust` is what to do about a certificate that is not trusted, as the end of a sentence.
    """

    def __init__(
        self,
        settings: EndpointSettings,
        clock: Clock,
        session_factory: SessionFactory | None,
        *,
        trust: str = "name its authority in `ca_file`",
    ) -> None:
        self._trust = trust
        self._settings = settings
        self._clock = clock
        self._session_factory = session_factory or self._session
        self._tls: ssl.SSLContext | None = None

    async def ask(self, form: Mapping[str, str]) -> TokenReply:
        """Send one form. Raises `ServiceUnavailable` without a whole answer, `ConfigurationError` on bad TLS."""
        name, address = f"`{self._settings.conn_id}`", self._settings.token_endpoint
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await self._call(form)
        except aiohttp.ClientConnectorCertificateError:
            raise ConfigurationError(
                f"Connection {name}: the certificate of {address} is not trusted; {self._trust}."
            ) from None
        except TimeoutError:
            limit = self._settings.timeout
            reason = f"did not answer within {limit:g} seconds"
        except (aiohttp.ClientError, OSError) as error:
            reason = f"cannot be reached ({type(error).__name__})"
        raise ServiceUnavailable(f"Connection {name}: {address} {reason}; the task is tried again later.") from None

    async def _call(self, form: Mapping[str, str]) -> TokenReply:
        async with self._session_factory() as session:
            before, asked_at = self._clock.wall(), self._clock.monotonic()
            async with session.post(
                self._settings.token_endpoint,
                data=dict(form),
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                allow_redirects=False,
            ) as response:
                skew = measured_skew(response.headers, before=before, after=self._clock.wall())
                body = await self._body(response)
                retry_after = wanted_pause(response.headers.get("Retry-After"), self._clock.wall())
                return TokenReply(response.status, body, asked_at, skew, retry_after)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > LARGEST_REPLY:
                raise ServiceUnavailable(
                    f"Connection `{self._settings.conn_id}`: {self._settings.token_endpoint} answered with more than "
                    f"{LARGEST_REPLY} bytes, which is no token; the task is tried again later."
                )
        return bytes(body)

    def _session(self) -> aiohttp.ClientSession:
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout, sock_connect=min(5.0, self._settings.timeout))
        # Reading the list of trusted certificates takes longer than a token; an address on loopback needs none.
        tls = self._context() if self._settings.token_endpoint.startswith("https:") else True
        connector = aiohttp.TCPConnector(ssl=tls, limit=1, force_close=True)
        return aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            trust_env=False,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            try:
                self._tls = ssl.create_default_context(cafile=self._settings.ca_file)
            except (OSError, ssl.SSLError):
                raise ConfigurationError(
                    f"Connection `{self._settings.conn_id}`, field `ca_file`: it cannot be read as certificates; "
                    "check the path and that it is PEM."
                ) from None
        return self._tls


def wanted_pause(retry_after: str | None, now: float) -> float | None:
    """The header `Retry-After` in seconds from `now` (0 to an hour), whether it is a number or a date; None without."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(retry_after).timestamp() - now
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), _LONGEST_WAIT) if seconds == seconds else None
