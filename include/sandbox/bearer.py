"""The gateway in front of an authority: is this a living token of our Maskinporten, with the right scope?

A token's signature is checked once and remembered; its expiry is checked on every call.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from .clock import Clock
from .knobs import Knobs
from .registry import ECOC_DELEGATED_SCOPE, ECOC_SCOPE
from .reply import Call, Reply, gateway

# Audiences of the eCoC API that are in use: the pages and live clients differ in host and in the last slash.
RESOURCES = frozenset(
    host + slash
    for host in ("https://www.vegvesen.no", "https://www.utv.vegvesen.no", "https://www.test.vegvesen.no")
    for slash in ("", "/")
)
_REMEMBERED = 10_000


@dataclass(slots=True)
class Caller:
    """Who sends: `organisation` is the consumer of the token, also when a supplier acts for it."""

    organisation: str


class Bearer:
    """Checks the Authorization header. Answers 401 and 403 as a gateway does, never as an EcocStatusResponse."""

    def __init__(self, key: RSAPublicKey, clock: Clock, knobs: Knobs) -> None:
        self.issuer = ""
        self.resources = RESOURCES
        self._key = key
        self._clock = clock
        self._knobs = knobs
        self._known: dict[str, dict[str, Any]] = {}
        self._documents: Counter[str] = Counter()

    def caller(self, call: Call, scope: str | None = None) -> Caller | Reply:
        """The sender, or the gateway's refusal. `scope` is what the API asks for; None stands for the eCoC scopes."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _refused(401, "Unauthorized", "invalid_request", call.path)
        claims = self._claims(token)
        if claims is None or not self._living(token, claims):
            return _refused(401, "Unauthorized", "invalid_token", call.path)
        if not self._scope_fits(claims, scope):
            return _refused(403, "Forbidden", "insufficient_scope", call.path)
        return Caller(claims["consumer"]["ID"].partition(":")[2])

    def _claims(self, token: str) -> dict[str, Any] | None:
        known = self._known.get(token)
        if known is not None:
            return known
        options: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False, "require": ["exp", "consumer"]}
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key, algorithms=["RS256"], issuer=self.issuer, options=options
            )
        except jwt.PyJWTError:
            return None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
            self._documents.clear()
        self._known[token] = claims
        return claims

    def _living(self, token: str, claims: dict[str, Any]) -> bool:
        """Not expired, meant for this API if it says for whom, and not worn out by `token_documents`."""
        audience = claims.get("aud", [])
        meant = [audience] if isinstance(audience, str) else audience
        if self._clock.now() >= claims["exp"] or (meant and self.resources.isdisjoint(meant)):
            return False
        if self._knobs.token_documents is None:
            return True
        self._documents[token] += 1
        return self._documents[token] <= self._knobs.token_documents

    @staticmethod
    def _scope_fits(claims: dict[str, Any], scope: str | None) -> bool:
        """eCoC: own scope for oneself, the delegated scope only with a supplier acting for a consumer."""
        scopes = str(claims.get("scope", "")).split()
        if scope is not None:
            return scope in scopes
        return (ECOC_DELEGATED_SCOPE if "supplier" in claims else ECOC_SCOPE) in scopes


def _refused(status: int, reason: str, error: str, path: str) -> Reply:
    return gateway(status, reason, path, headers={"WWW-Authenticate": f'Bearer error="{error}"'})
