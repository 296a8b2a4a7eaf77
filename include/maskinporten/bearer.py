"""The bearer token for synchronous `requests` code, such as the HTTP provider's hook (`auth_type=lambda: auth`)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.auth import AuthBase

from include.authority.address import AddressError, origin, split_address
from include.errors import ConfigurationError
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.maskinporten.token import AccessToken

_SAFE_TO_REPEAT = ("GET", "HEAD")
_UNAUTHORISED = 401


class BearerAuth(AuthBase):
    """Puts a fresh token on every request, only over https (or loopback).

    After a 401 the token is forgotten; a GET or HEAD is then sent once more with a new one, anything else is left to
    its caller, since repeating it may not be safe.
    """

    def __init__(self, source: TokenSource, grant: Grant) -> None:
        self._source = source
        self._grant = grant

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """`request` with its Authorization header. Raises what `TokenSource.token` raises."""
        url = request.url or ""
        try:
            # A query is an API's own business; what matters is where the token goes.
            split_address(urlsplit(url)._replace(query="", fragment="").geturl(), "https://api.example.no/")
        except AddressError as error:
            raise ConfigurationError(f"A Maskinporten token must not be sent to this address: {error}") from None
        token = self._source.token_blocking(self._grant)
        _put_on(request, token)
        request.register_hook("response", _Renewal(self._source, self._grant, token, url))
        return request

    def __repr__(self) -> str:
        return f"BearerAuth({self._grant.scope!r})"


class _Renewal:
    """What happens after the answer to one request: nothing, unless it says 401."""

    def __init__(self, source: TokenSource, grant: Grant, used: AccessToken, url: str) -> None:
        self._source = source
        self._grant = grant
        self._used = used
        self._url = url
        self._done = False

    def __call__(self, response: Response, *_args: Any, **arguments: Any) -> Response:
        if response.status_code != _UNAUTHORISED or self._done:
            return response
        self._done = True
        self._source.drop(self._grant, self._used)
        same_server = origin(urlsplit(response.url)) == origin(urlsplit(self._url))
        if response.request.method not in _SAFE_TO_REPEAT or not same_server:
            return response
        # The connection goes back to its pool only when the body has been read.
        _ = response.content
        response.close()
        again = response.request.copy()
        _put_on(again, self._source.token_blocking(self._grant))
        adapter: Any = getattr(response, "connection")  # noqa: B009 - requests sets it and its types do not know
        answer: Response = adapter.send(again, **arguments)
        answer.history.append(response)
        answer.request = again
        return answer


def _put_on(request: PreparedRequest, token: AccessToken) -> None:
    request.headers["Authorization"] = f"Bearer {token.value}"
