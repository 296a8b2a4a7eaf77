"""Which hosts belong to which environment of Statens vegvesen: an edited connection cannot send an eCoC elsewhere.

Hosts are those named on the authority's pages: `www.vegvesen.no` is production and `synt.utv.vegvesen.no` is test.
The older test hosts under `autodev.no` and every `vegvesen.no` host with a test word among its labels count as test.
`vegvesen.no` without `www` answers with a redirect that loses the token, so it is refused here, before anything is
sent.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from include.errors import ConfigurationError

Environment = Literal["test", "prod"]

BASE_URLS: dict[Environment, str] = {"prod": "https://www.vegvesen.no", "test": "https://synt.utv.vegvesen.no"}
"""The base URL of each environment when the connection names none."""

RESOURCES: dict[Environment, str] = {"prod": "https://www.vegvesen.no", "test": "https://www.utv.vegvesen.no"}
"""The Maskinporten `resource` of each environment when the connection names none (an exact string to the authority)."""

_TEST_WORDS = ("utv", "test", "synt", "sis", "dink", "atm")


def is_loopback(host: str) -> bool:
    """True for `localhost` and every loopback address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def environment_of(host: str) -> Environment | None:
    """The environment a host belongs to; None for a host that is not the authority's. Loopback counts as test."""
    if is_loopback(host):
        return "test"
    if host.endswith(".autodev.no"):
        return "test"
    if not host.endswith(".vegvesen.no"):
        return None
    labels = host.removesuffix(".vegvesen.no").split(".")
    return "test" if any(label.startswith(_TEST_WORDS) for label in labels) else "prod"


def checked_base_url(url: str, environment: Environment, *, conn_id: str) -> str:
    """The base URL without a trailing slash.

    Raises ConfigurationError, in one sentence that names the connection, when the URL is not https (http only on
    loopback), carries a user, query or fragment, or does not belong to `environment`.
    """
    where = f"Connection {conn_id!r}, field host"
    parts = _split(url.strip(), where, environment)
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" and not is_loopback(host):
        raise ConfigurationError(
            f"{where}: the base URL must begin with https://, for example {BASE_URLS[environment]}."
        )
    if host == "vegvesen.no":
        raise ConfigurationError(
            f"{where}: vegvesen.no only redirects and loses the token on the way; write https://www.vegvesen.no."
        )
    actual = environment_of(host)
    if actual is None:
        raise ConfigurationError(
            f"{where}: {host} is not a host of Statens vegvesen; write {BASE_URLS[environment]} for {environment}."
        )
    if actual != environment:
        raise ConfigurationError(
            f"{where}: {host} belongs to {actual} but the connection's environment is {environment}; "
            "change one of them."
        )
    return parts.geturl().rstrip("/")


def _split(url: str, where: str, environment: Environment) -> SplitResult:
    example = BASE_URLS[environment]
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ConfigurationError(f"{where}: this is not a URL; write for example {example}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"{where}: the base URL must begin with https://, for example {example}.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{where}: the base URL must hold no user, query or fragment; write for example {example}."
        )
    return parts
