"""An access token that can be used and compared, but not read by accident."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, field
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token. `value` is hidden in repr and text; `fingerprint` is all that may be logged or stored.

    `expires_at` and `renew_at` are seconds of the process's monotonic clock, counted from before the token was asked
    for; `lifetime` is `expires_in` as Maskinporten told it, in seconds. A token never leaves its process in a pickle.
    """

    value: str = field(repr=False)
    expires_at: float
    renew_at: float
    lifetime: float
    scope: str

    @property
    def fingerprint(self) -> str:
        """The first 16 hex digits of the SHA-256 of the token."""
        return hashlib.sha256(self.value.encode()).hexdigest()[:16]

    def __reduce__(self) -> NoReturn:
        raise TypeError("An access token is never pickled; ask the token source where it is needed.")


def consumer_of(token: AccessToken) -> str | None:
    """Who the token acts for (claim `consumer.ID`, such as `0192:991825827`), or None when the token is opaque.

    Read without checking the signature: for telling a person, never for deciding.
    """
    parts = token.value.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        consumer = claims["consumer"]["ID"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    return consumer[:100] if isinstance(consumer, str) else None
