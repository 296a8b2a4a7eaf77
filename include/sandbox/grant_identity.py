"""Who signed a grant (kid or x5c) and what that organisation may ask for (scopes, delegation)."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from . import refusals
from .grants import Attempt
from .keys import TestIssuer, organisation_of
from .refusals import Refusal, malformed
from .registry import Client, Registry


class Identity:
    """The checks that need the registry of clients and the issuer of business certificates."""

    def __init__(self, registry: Registry, issuer: TestIssuer) -> None:
        self._registry = registry
        self._issuer = issuer

    def client(self, attempt: Attempt) -> Refusal | None:
        """`iss` names a client of this environment (MP-100)."""
        name = attempt.claims.get("iss")
        attempt.client = self._registry.clients.get(name) if isinstance(name, str) else None
        return None if attempt.client else refusals.CLIENT_NOT_FOUND

    def key(self, attempt: Attempt) -> Refusal | None:
        """Exactly one way to name the key; a client with registered keys must use `kid`."""
        kid, chain = attempt.header.get("kid"), attempt.header.get("x5c")
        if (kid is None) == (chain is None):
            return malformed("The header must hold either kid or x5c")
        client = _settled(attempt)
        if kid is None:
            return self._by_certificate(attempt, client, chain)
        registered = client.keys.get(kid)
        if registered is None:
            return refusals.UNKNOWN_KEY
        if registered.expires_at <= attempt.now:
            return refusals.KEY_EXPIRED
        attempt.key = registered.public_key
        return None

    def _by_certificate(self, attempt: Attempt, client: Client, chain: object) -> Refusal | None:
        certificate = _leaf(chain)
        if certificate is None:
            return refusals.BAD_X5C
        if client.keys:
            return refusals.KID_REQUIRED
        moment = datetime.fromtimestamp(attempt.now, UTC)
        living = certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
        key = certificate.public_key()
        if not living or not isinstance(key, RSAPublicKey) or not self._issuer.issued(certificate):
            return refusals.CERTIFICATE_INVALID
        if organisation_of(certificate) != client.organisation:
            return refusals.CERTIFICATE_OF_ANOTHER
        attempt.key, attempt.amr = key, "virksomhetssertifikat"
        return None

    def scopes(self, attempt: Attempt) -> Refusal | None:
        """Every scope is registered on the client (MP-200)."""
        return None if set(attempt.scopes) <= _settled(attempt).scopes else refusals.SCOPE_NOT_ON_CLIENT

    def delegation(self, attempt: Attempt) -> Refusal | None:
        """`consumer_org`: another organisation, that has the scope (MP-250) and delegated it to us (MP-251)."""
        consumer = attempt.claims.get("consumer_org")
        if consumer is None:
            return None
        if not isinstance(consumer, str) or len(consumer) != 9 or not consumer.isdigit():
            return malformed("consumer_org must be nine digits")
        supplier = _settled(attempt).organisation
        if consumer == supplier:
            return refusals.OWN_CONSUMER
        for scope in attempt.scopes:
            if (consumer, scope) not in self._registry.access:
                return refusals.CONSUMER_LACKS_SCOPE
            if (consumer, supplier, scope) not in self._registry.delegations:
                return refusals.NOT_DELEGATED
        return None


def _settled(attempt: Attempt) -> Client:
    if attempt.client is None:
        raise ValueError("the client check has to run before this one")
    return attempt.client


def _leaf(chain: object) -> x509.Certificate | None:
    """The first certificate of an `x5c` array of base64 (not base64url) DER; None for anything else (MP-123)."""
    if not isinstance(chain, list) or not chain or not all(isinstance(one, str) for one in chain):
        return None
    try:
        return x509.load_der_x509_certificate(base64.b64decode(chain[0], validate=True))
    except (binascii.Error, ValueError):
        return None
