"""What is asked for, and the signed assertion that asks for it (RFC 7523, docs.digdir.no protocol_jwtgrant)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.errors import ConfigurationError
from include.maskinporten.settings import MaskinportenSettings

_ORGANISATION_NUMBER = re.compile(r"[0-9]{9}")


@dataclass(frozen=True)
class Grant:
    """One wish for a token.

    Args:
        scope: one scope, or several separated by blanks; each must be registered on the client.
        resource: the audience the token is limited to (RFC 8707).
        consumer_org: nine digits; the organisation a supplier acts for. Leave it out for oneself.
        authorization_details: one object passed on as it is (RFC 9396); hidden in repr, since it may name a person.

    Raises:
        ConfigurationError: no scope, or a consumer_org that is not nine digits.
    """

    scope: str
    resource: str | None = None
    consumer_org: str | None = None
    authorization_details: Mapping[str, Any] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.scope.split():
            raise ConfigurationError(
                "A Maskinporten token was asked for without a scope; set the connection's `scope`."
            )
        if self.consumer_org is not None and not _ORGANISATION_NUMBER.fullmatch(self.consumer_org):
            raise ConfigurationError(
                "The organisation acted for (`consumer_org`) must be nine digits; correct it in the party's block."
            )

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes, sorted, each once: their order means nothing to Maskinporten."""
        return tuple(sorted(set(self.scope.split())))


def build_assertion(settings: MaskinportenSettings, grant: Grant, *, now: float, jti: str) -> str:
    """The signed JWT for `grant`: exactly the documented claims, nothing else.

    `now` is the wall clock in seconds since 1970 and `jti` an id never used before; both are arguments so that every
    attempt, also a repeated one, brings its own.
    """
    issued_at = int(now)
    claims: dict[str, Any] = {
        "aud": settings.issuer,
        "iss": settings.client_id,
        "scope": " ".join(grant.scopes),
        "iat": issued_at,
        "exp": issued_at + settings.assertion_lifetime,
        "jti": jti,
    }
    if grant.resource:
        claims["resource"] = grant.resource if settings.resource_as_string else [grant.resource]
    if grant.consumer_org:
        claims["consumer_org"] = grant.consumer_org
    if grant.authorization_details is not None:
        claims["authorization_details"] = [dict(grant.authorization_details)]
    return settings.key.sign(claims, algorithm=settings.algorithm, headers=_key_header(settings))


def _key_header(settings: MaskinportenSettings) -> dict[str, Any]:
    if settings.auth_mode == "x5c":
        return {"x5c": settings.key.certificate_chain}
    return {"kid": settings.kid}


def cache_key(settings: MaskinportenSettings, grant: Grant) -> str:
    """SHA-256 (hex) over all that tells two tokens apart: endpoint, client, key, scopes, resource, consumer."""
    parts = [
        settings.token_endpoint,
        settings.issuer,
        settings.client_id,
        settings.auth_mode,
        settings.kid,
        settings.key.thumbprint,
        grant.scopes,
        grant.resource,
        settings.resource_as_string,
        grant.consumer_org,
        grant.authorization_details and dict(grant.authorization_details),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
