"""Addresses of authorities: absolute, without secrets in them, encrypted unless they stay on this machine."""

from __future__ import annotations

import ipaddress
from typing import Literal
from urllib.parse import SplitResult, urlsplit

Environment = Literal["test", "prod"]


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


def split_address(url: str, example: str) -> SplitResult:
    """The parts of an absolute http(s) URL without user, query or fragment; plain http only to loopback.

    Raises AddressError, which shows `example` where it is no URL at all.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressError(f"this is not a URL; write it like {example}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise AddressError(f"this is not a URL; write it like {example}.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise AddressError("the URL must hold no user name, password, query or fragment.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise AddressError("plain http is only for the sandbox on loopback; use https.")
    return parts


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host in lower case, and port of an address: what two addresses must share to be the same server."""
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
