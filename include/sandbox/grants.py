"""Maskinporten's examination of a JWT grant, in a fixed order, so that each malformed grant gets its own refusal.

Source: docs.digdir.no, "JWT grants for Maskinporten" and "Feilsøking". Where the pages leave a limit open, the stricter
reading holds here: what passes the sandbox must pass the authority.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from . import refusals
from .refusals import Refusal, malformed
from .registry import Client

ALGORITHMS = ("RS256", "RS384", "RS512")
MAX_LIFETIME = 120.0
CLOCK_LEEWAY = 10.0
CLAIMS = frozenset(
    {"aud", "iss", "scope", "iat", "exp", "jti", "resource", "pid", "consumer_org", "authorization_details"}
)
DETAILS_TYPES = frozenset({"urn:altinn:systemuser", "urn:altinn:consent"})


@dataclass(slots=True)
class Attempt:
    """One grant under examination. `client`, `key` and `amr` are filled by the checks that settle them."""

    assertion: str
    issuer: str
    now: float
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    client: Client | None = None
    key: RSAPublicKey | None = None
    amr: str = "private_key_jwt"

    @property
    def scopes(self) -> list[str]:
        """The scopes asked for, in the order they were asked."""
        return str(self.claims.get("scope", "")).split()


Check = Callable[[Attempt], Refusal | None]


def read(attempt: Attempt) -> Refusal | None:
    """Splits the assertion without trusting it yet."""
    try:
        decoded = jwt.api_jwt.PyJWT().decode_complete(attempt.assertion, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError):
        return malformed("The assertion is not a signed JWT")
    attempt.header, attempt.claims = decoded["header"], decoded["payload"]
    if attempt.header.get("alg") not in ALGORITHMS:
        return malformed("The assertion must be signed with RS256, RS384 or RS512")
    return None


def signature(attempt: Attempt) -> Refusal | None:
    """MP-124 when the key that was named did not sign these bytes."""
    if attempt.key is None:
        return refusals.BAD_SIGNATURE
    try:
        jwt.api_jws.PyJWS().decode(attempt.assertion, attempt.key, algorithms=[attempt.header["alg"]])
    except jwt.PyJWTError:
        return refusals.BAD_SIGNATURE
    return None


def documented_claims(attempt: Attempt) -> Refusal | None:
    """Only the table's claims; `iss_onbehalfof` is deprecated there and not among them."""
    if not attempt.claims.keys() <= CLAIMS:
        return refusals.UNDOCUMENTED_CLAIM
    for name in ("iss", "scope", "aud", "iat", "exp"):
        if name not in attempt.claims:
            return malformed(f"The assertion lacks the claim {name}")
    if not attempt.scopes:
        return malformed("The assertion asks for no scope")
    return None


def audience(attempt: Attempt) -> Refusal | None:
    """`aud` is one value, the exact issuer string with its slash."""
    return None if attempt.claims["aud"] == attempt.issuer else refusals.WRONG_AUDIENCE


def times(attempt: Attempt) -> Refusal | None:
    """exp − iat ≤ 120 s, iat at most 10 s ahead of our clock, exp not past (10 s are allowed for clocks)."""
    issued, expires = attempt.claims["iat"], attempt.claims["exp"]
    for value in (issued, expires):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return malformed("iat and exp must be numbers of seconds")
    if expires - issued > MAX_LIFETIME:
        return refusals.TOO_LONG_LIFETIME
    if issued > attempt.now + CLOCK_LEEWAY:
        return refusals.ISSUED_AHEAD
    if attempt.now - CLOCK_LEEWAY > expires:
        return refusals.EXPIRED
    return None


def optional_claims(attempt: Attempt) -> Refusal | None:
    """Forms of the optional claims. `resource` may be an array or a plain string: live clients send both."""
    resource = attempt.claims.get("resource")
    listed = resource if isinstance(resource, list) else [resource]
    if resource is not None and not (listed and all(isinstance(one, str) and one for one in listed)):
        return malformed("resource must be an array of strings or one string")
    person = attempt.claims.get("pid")
    if person is not None and not (isinstance(person, str) and len(person) == 11 and person.isdigit()):
        return malformed("pid must be eleven digits")
    if "jti" in attempt.claims and not (isinstance(attempt.claims["jti"], str) and attempt.claims["jti"]):
        return malformed("jti must be a string")
    return _details(attempt.claims.get("authorization_details"))


def _details(details: Any) -> Refusal | None:
    if details is None:
        return None
    if not isinstance(details, list) or len(details) != 1 or not isinstance(details[0], dict):
        return malformed("authorization_details must be an array with one object")
    return None if details[0].get("type") in DETAILS_TYPES else refusals.UNKNOWN_DETAILS_TYPE


class UsedGrants:
    """Remembers every grant that passed examination: a JWT can be used once (MP-012)."""

    def __init__(self) -> None:
        self._used: set[tuple[str, str]] = set()

    def check(self, attempt: Attempt) -> Refusal | None:
        """By client and `jti`; a grant without one is known by its own bytes."""
        client = attempt.client.client_id if attempt.client else ""
        mark = attempt.claims.get("jti") or hashlib.sha256(attempt.assertion.encode()).hexdigest()
        if (client, mark) in self._used:
            return refusals.GRANT_USED
        self._used.add((client, mark))
        return None
