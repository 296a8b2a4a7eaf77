"""The headers of a presentation, and what is kept of those that come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from include.maskinporten.token import AccessToken

_CORRELATION = ("X-CorrelationID", "X-Correlation-ID", "x-request-id")
_LONGEST = 200


def request_headers(token: AccessToken) -> Mapping[str, str]:
    """What every presentation carries."""
    return {
        "Authorization": f"Bearer {token.value}",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Samsvar",
    }


def correlation_id_in(headers: Mapping[str, str]) -> str | None:
    """What the authority's support asks for; only letters, digits and a few signs, so that no log can be forged."""
    for name in _CORRELATION:
        value = headers.get(name, "").strip()
        if value and len(value) <= _LONGEST and all(sign.isalnum() or sign in "-_.:/" for sign in value):
            return value
    return None
