"""The transport over a `requests` session: the HTTP provider's hook makes one in Airflow, tests make a plain one.

What `requests` and urllib3 say about a failure holds the URL, and the URL holds VINs and owners' names, so neither
their exceptions nor their log records leave this module.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy

import orjson
import requests
import urllib3
from requests.auth import AuthBase

from include.errors import ConfigurationError, ServiceUnavailable
from include.maskinporten.cached import CachedTokens
from include.maskinporten.grant import Grant
from include.maskinporten.token import AccessToken, consumer_of
from include.register.transport import Reach, Reply, Request

_CHUNK = 65_536
_quiet = threading.local()


def _says_nothing_of_ours(_record: logging.LogRecord) -> bool:
    return not getattr(_quiet, "on", False)


for _name in ("urllib3.connectionpool", "urllib3.util.retry", "urllib3.connection"):
    logging.getLogger(_name).addFilter(_says_nothing_of_ours)


def _nowhere(_response: requests.Response) -> None:
    return None


@contextmanager
def _nothing_logged() -> Iterator[None]:
    """urllib3 logs every URL at debug level; while this thread asks a register, it does not."""
    before = getattr(_quiet, "on", False)
    _quiet.on = True
    try:
        yield
    finally:
        _quiet.on = before


class TokenAuth(AuthBase):
    """Puts a living token on every request and remembers, per thread, which one it was."""

    def __init__(self, source: CachedTokens, grant: Grant) -> None:
        self._source = source
        self._grant = grant
        self._used = threading.local()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """`request` with its Authorization header. Raises what `CachedTokens.token` raises."""
        token = self._source.token_blocking(self._grant)
        self._used.token = token
        request.headers["Authorization"] = f"Bearer {token.value}"
        return request

    def used(self) -> AccessToken | None:
        """The token of this thread's last request."""
        token: AccessToken | None = getattr(self._used, "token", None)
        return token

    def forget(self) -> None:
        """Drop it at its source; a newer one that came meanwhile stays."""
        token = self.used()
        if token is not None:
            self._source.drop(self._grant, token)

    def __repr__(self) -> str:
        return f"TokenAuth({self._grant.scope!r})"


class SessionTransport:
    """A `Transport`. `session` should pool at least `settings.max_parallel` connections and carry `auth`.

    `service` is how sentences call the other side.
    """

    def __init__(
        self, session: requests.Session, auth: TokenAuth, settings: Reach, *, service: str = "The register"
    ) -> None:
        session.trust_env = False
        # Even unfollowed, requests would read the whole body of a redirect to prepare the next request.
        session.get_redirect_target = _nowhere  # type: ignore[method-assign,assignment]
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session = session
        self._auth = auth
        self._settings = settings
        self._service = service

    def send(self, request: Request) -> Reply:
        """See `Transport.send`. No redirect, no proxy or password from the environment, no cookie, a size cap."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Samsvar"}
        content = None if request.content is None else orjson.dumps(request.content)
        if content is not None:
            headers["Content-Type"] = "application/json"
        failure: ConfigurationError | ServiceUnavailable
        try:
            with _nothing_logged(), self._exchange(request, headers, content) as response:
                return self._reply(response)
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL):
            failure = ConfigurationError(
                f"Connection {self._settings.conn_id!r}: its host, login or password holds characters that HTTP "
                "does not allow; correct them."
            )
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = ServiceUnavailable(self._unanswered(_reason(error)))
        # Raised out here, so that it does not even carry the exception with the URL as its context.
        raise failure

    def _exchange(self, request: Request, headers: dict[str, str], content: bytes | None) -> requests.Response:
        return self._session.request(
            request.method,
            self._settings.base_url + request.path,
            params=list(request.query),
            data=content,
            headers=headers | dict(request.headers),
            auth=self._auth,
            timeout=(self._settings.connect_timeout, self._settings.read_timeout),
            allow_redirects=False,
            stream=True,
        )

    def _reply(self, response: requests.Response) -> Reply:
        headers = {name.lower(): value for name, value in response.headers.items()}
        until = time.monotonic() + self._settings.total_timeout
        chunks: list[bytes] = []
        size = 0
        # read1 returns what has come so far, so that a server that drips meets the time limit.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            size += len(chunk)
            if size > self._settings.max_reply_bytes:
                return Reply(response.status_code, headers, state="too_large")
            if time.monotonic() > until:
                raise requests.exceptions.ReadTimeout
            chunks.append(chunk)
        return Reply(response.status_code, headers, b"".join(chunks))

    def _unanswered(self, reason: str) -> str:
        return (
            f"{self._service} at {self._settings.base_url} (connection {self._settings.conn_id!r}) {reason}; "
            "it is asked again later."
        )

    def forget_token(self) -> None:
        """See `Transport.forget_token`."""
        self._auth.forget()

    def consumer(self) -> str | None:
        """See `Transport.consumer`."""
        token = self._auth.used()
        return consumer_of(token) if token is not None else None

    def close(self) -> None:
        """See `Transport.close`."""
        self._session.close()


def _reason(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "shows a certificate that is not trusted or breaks the TLS handshake"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "did not take the connection in time"
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return "did not answer in time"
    if isinstance(error, urllib3.exceptions.ProtocolError | urllib3.exceptions.DecodeError):
        return "sent an answer that breaks off"
    return "cannot be reached or dropped the connection"
