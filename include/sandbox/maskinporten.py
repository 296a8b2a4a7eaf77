"""Maskinporten as a loopback service: metadata, `/jwk` and `/token`.

Issues RS256 access tokens with the claims of docs.digdir.no "protocol_token" for grants that pass every check.
"""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import parse_qs

import jwt
import orjson
from jwt.algorithms import RSAAlgorithm

from . import grants, refusals
from .clock import Clock
from .grant_identity import Identity
from .grants import Attempt, Check, UsedGrants
from .keys import KeyRing, TestIssuer
from .knobs import Knobs
from .refusals import Refusal, malformed
from .registry import Registry
from .reply import Call, Reply, gateway
from .truth import TruthLog

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DELEGATION_SOURCE = "https://tt02.altinn.no/"
SERVER_KID = "samsvar-sandbox-server-key"


def organisation_claim(number: str) -> dict[str, str]:
    """The `consumer` and `supplier` claims: ISO 6523 with Norway's prefix 0192."""
    return {"authority": "iso6523-actorid-upis", "ID": f"0192:{number}"}


class Maskinporten:
    """Answers calls; `issuer` is set once the port is known and ends with a slash."""

    def __init__(self, keys: KeyRing, registry: Registry, issuer: TestIssuer, clock: Clock, knobs: Knobs) -> None:
        self.issuer = ""
        self.key = keys.pair("server")
        self._clock = clock
        self._knobs = knobs
        identity = Identity(registry, issuer)
        self._checks: tuple[Check, ...] = (
            grants.read,
            identity.client,
            identity.key,
            grants.signature,
            grants.documented_claims,
            grants.audience,
            grants.times,
            grants.optional_claims,
            UsedGrants().check,
            identity.scopes,
            identity.delegation,
        )

    def answer(self, call: Call, truth: TruthLog) -> Reply:
        """One HTTP request to Maskinporten."""
        if call.path == "/token":
            return self._token(call, truth) if call.method == "POST" else gateway(405, "Method Not Allowed", call.path)
        if call.path == "/.well-known/oauth-authorization-server":
            return Reply(200, orjson.dumps(self._metadata()))
        if call.path == "/jwk":
            return Reply(200, orjson.dumps({"keys": [self._public_jwk()]}))
        if call.path == "/health":
            return Reply(200, orjson.dumps({"status": "UP"}))
        return gateway(404, "Not Found", call.path)

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "token_endpoint": f"{self.issuer}token",
            "jwks_uri": f"{self.issuer}jwk",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": list(grants.ALGORITHMS),
            "grant_types_supported": [GRANT_TYPE],
            "authorization_details_types_supported": sorted(grants.DETAILS_TYPES, reverse=True),
        }

    def _public_jwk(self) -> dict[str, Any]:
        jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": SERVER_KID, "n": jwk["n"], "e": jwk["e"]}

    def _token(self, call: Call, truth: TruthLog) -> Reply:
        attempt = self._examine(call)
        if isinstance(attempt, Refusal):
            truth.add("maskinporten", "token", attempt.result)
            return attempt.reply()
        refusal = self._first_refusal(attempt)
        sender = sender_of(attempt)
        if refusal is not None:
            truth.add("maskinporten", "token", refusal.result, sender=sender)
            return refusal.reply()
        truth.add("maskinporten", "token", "granted", sender=sender, ref=" ".join(attempt.scopes))
        return self._granted(attempt)

    def _examine(self, call: Call) -> Attempt | Refusal:
        if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return malformed("The request must be a form")
        form = parse_qs(call.body.decode("ascii", "replace"), keep_blank_values=True)
        if any(len(values) > 1 for values in form.values()):
            return malformed("A parameter is given more than once")
        if form.get("grant_type") != [GRANT_TYPE]:
            return refusals.unsupported_grant_type()
        if "assertion" not in form:
            return malformed("The parameter assertion is missing")
        return Attempt(form["assertion"][0], self.issuer, self._clock.now())

    def _first_refusal(self, attempt: Attempt) -> Refusal | None:
        for check in self._checks:
            refusal = check(attempt)
            if refusal is not None:
                return refusal
        return None

    def _granted(self, attempt: Attempt) -> Reply:
        lifetime = self._knobs.token_lifetime
        token = jwt.encode(
            self._claims(attempt, lifetime), self.key, algorithm="RS256", headers={"kid": SERVER_KID, "typ": None}
        )
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": lifetime,
            "scope": " ".join(attempt.scopes),
        }
        return Reply(200, orjson.dumps(body), headers={"Cache-Control": "no-store"})

    def _claims(self, attempt: Attempt, lifetime: int) -> dict[str, Any]:
        client = attempt.client
        owner = client.organisation if client else ""
        now = int(self._clock.now())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "client_id": attempt.claims["iss"],
            "client_amr": attempt.amr,
            "scope": " ".join(attempt.scopes),
            "token_type": "Bearer",
            "iat": now,
            "exp": now + lifetime,
            "jti": str(uuid.uuid4()),
            "consumer": organisation_claim(attempt.claims.get("consumer_org") or owner),
        }
        if attempt.claims.get("consumer_org"):
            claims["supplier"] = organisation_claim(owner)
            claims["delegation_source"] = DELEGATION_SOURCE
        for asked, given in (("resource", "aud"), ("pid", "pid"), ("authorization_details", "authorization_details")):
            if asked in attempt.claims:
                claims[given] = attempt.claims[asked]
        return claims


def sender_of(attempt: Attempt) -> str | None:
    """The consumer a grant is about, as far as the examination got; None when nobody was recognised."""
    consumer = attempt.claims.get("consumer_org")
    if isinstance(consumer, str) and len(consumer) == 9 and consumer.isdigit():
        return consumer
    return attempt.client.organisation if attempt.client else None
