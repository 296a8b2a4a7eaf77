"""Which Maskinporten may be spoken to: one official issuer per environment, and the loopback sandbox for test.

A key-signed grant is worth as much as a password, so an edited connection must not be able to send it elsewhere.
Source of the addresses: docs.digdir.no, "Maskinporten well-known".
"""

from __future__ import annotations

import ipaddress
from typing import Literal
from urllib.parse import SplitResult, urlsplit

Environment = Literal["test", "prod"]

OFFICIAL: dict[Environment, str] = {"prod": "https://maskinporten.no/", "test": "https://test.maskinporten.no/"}


class AddressError(ValueError):
    """An address that must not be used. Its text is a sentence without the address's own secrets."""


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: `localhost`, 127.0.0.0/8 or ::1."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def split_address(url: str) -> SplitResult:
    """The parts of an absolute http(s) URL without user, query or fragment; plain http only to loopback."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressError("this is not a URL; write it like https://test.maskinporten.no/.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise AddressError("this is not a URL; write it like https://test.maskinporten.no/.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise AddressError("the URL must hold no user name, password, query or fragment.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise AddressError("plain http is only for the sandbox on loopback; use https.")
    return parts


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host in lower case, and port of an address: what two addresses must share to be the same server."""
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def issuer_address(environment: Environment, host: str | None) -> str:
    """The issuer of `environment` as Maskinporten spells it (with the last slash); blank `host` means official.

    Raises `AddressError` when `host` belongs to the other environment or to nobody we know.
    """
    official = OFFICIAL[environment]
    if not host:
        return official
    url = host if "://" in host else f"https://{host}"
    parts = split_address(url)
    if is_loopback(parts.hostname or ""):
        if environment == "prod":
            raise AddressError("a loopback issuer is the sandbox, and the environment says prod; set it to test.")
        return url if url.endswith("/") else f"{url}/"
    for name, known in OFFICIAL.items():
        if origin(parts) == origin(urlsplit(known)):
            if name != environment:
                raise AddressError(
                    f"{known} is the issuer of {name}, and the environment says {environment}; make them agree."
                )
            return known
    raise AddressError(f"no Maskinporten of environment {environment} lives there; leave it blank for {official}.")


def token_address(issuer: str, token_endpoint: str | None) -> str:
    """The token endpoint, by default `token` below the issuer. Raises `AddressError` when it is on another server."""
    if not token_endpoint:
        return f"{issuer}token"
    parts = split_address(token_endpoint)
    if origin(parts) != origin(urlsplit(issuer)):
        raise AddressError(f"the token endpoint must be on the issuer's own server; leave it blank for {issuer}token.")
    return token_endpoint
