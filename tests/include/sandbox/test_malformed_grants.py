"""Maskinporten refuses every malformed grant with its documented code."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from include.sandbox.keys import KeyRing, TestIssuer, x5c
from include.sandbox.registry import (
    CERTIFICATE_CLIENT_ID,
    DELEGATING_ORGANISATIONS,
    EXPIRED_KID,
    NOT_DELEGATING_ORGANISATION,
    ORGANISATION_WITHOUT_SCOPE,
    OWN_ORGANISATION,
)

DELEGATED = "svv:kjoretoy/ecoc.delegert"
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _kid(caller: Any) -> str:
    return str(caller.sandbox.connections["maskinporten"]["extra"]["kid"])


def _now(seconds: float) -> int:
    return int(time.time() + seconds)


def _certificate(caller: Any, *, organisation: str = OWN_ORGANISATION, days: int = 30, age: int = 1) -> Any:
    keys = KeyRing(caller.sandbox.home / "keys")
    return TestIssuer(keys.file("issuer.pem")).issue(keys.pair("business"), organisation, days=days, age_days=age)


def _by_certificate(caller: Any, chain: Any, *, iss: str = CERTIFICATE_CLIENT_ID) -> str:
    key = KeyRing(caller.sandbox.home / "keys").pair("business")
    return str(caller.assertion(key=key, header={"x5c": chain}, iss=iss))


def _foreign_certificate(caller: Any) -> str:
    foreign = TestIssuer(caller.sandbox.home / "foreign.pem")
    key = KeyRing(caller.sandbox.home / "keys").pair("business")
    return _by_certificate(caller, x5c(foreign.issue(key, OWN_ORGANISATION)))


MALFORMED: dict[str, tuple[Callable[[Any], str], int, str, str]] = {
    "no JWT at all": (lambda c: "abc", 400, "invalid_request", "MP-011"),
    "alg none": (
        lambda c: jwt.encode(c.claims(), None, "none", headers={"kid": _kid(c)}),
        400,
        "invalid_request",
        "MP-011",
    ),
    "alg HS256": (lambda c: c.assertion(key="k" * 64, algorithm="HS256"), 400, "invalid_request", "MP-011"),
    "alg PS256": (lambda c: c.assertion(algorithm="PS256"), 400, "invalid_request", "MP-011"),
    "alg ES256": (
        lambda c: c.assertion(key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"),
        400,
        "invalid_request",
        "MP-011",
    ),
    "neither kid nor x5c": (lambda c: c.assertion(header={}), 400, "invalid_request", "MP-011"),
    "both kid and x5c": (
        lambda c: c.assertion(header={"kid": _kid(c), "x5c": x5c(_certificate(c))}),
        400,
        "invalid_request",
        "MP-011",
    ),
    "unknown client": (
        lambda c: c.assertion(iss="5e1f0c1e-0000-4f6e-9a53-5a3d0c5a0009"),
        400,
        "invalid_grant",
        "MP-100 Client not found",
    ),
    "no iss": (lambda c: c.assertion(iss=...), 400, "invalid_grant", "MP-100"),
    "unknown kid": (lambda c: c.assertion(header={"kid": "other"}), 400, "invalid_grant", "Unknown key identifier"),
    "expired registered key": (
        lambda c: c.assertion(header={"kid": EXPIRED_KID}),
        400,
        "invalid_grant",
        "MP-121",
    ),
    "wrong signature": (lambda c: c.assertion(key=STRANGER), 400, "invalid_grant", "MP-124"),
    "claims changed after signing": (
        lambda c: ".".join(
            (lambda a, b: (a[0], b[1], a[2]))(c.assertion().split("."), c.assertion(scope=DELEGATED).split("."))
        ),
        400,
        "invalid_grant",
        "MP-124",
    ),
    "x5c as a string": (lambda c: _by_certificate(c, x5c(_certificate(c))[0]), 400, "invalid_grant", "MP-123"),
    "x5c empty": (lambda c: _by_certificate(c, []), 400, "invalid_grant", "MP-123"),
    "x5c in base64url": (
        lambda c: _by_certificate(c, ["-_" + x5c(_certificate(c))[0]]),
        400,
        "invalid_grant",
        "MP-123",
    ),
    "x5c from a client with registered keys": (
        lambda c: _by_certificate(c, x5c(_certificate(c)), iss=c.claims()["iss"]),
        400,
        "invalid_grant",
        "must use kid",
    ),
    "certificate expired": (
        lambda c: _by_certificate(c, x5c(_certificate(c, days=2, age=5))),
        400,
        "invalid_grant",
        "MP-120",
    ),
    "certificate of a foreign issuer": (_foreign_certificate, 400, "invalid_grant", "MP-120"),
    "certificate of another organisation": (
        lambda c: _by_certificate(c, x5c(_certificate(c, organisation=DELEGATING_ORGANISATIONS[0]))),
        400,
        "invalid_grant",
        "MP-122",
    ),
    "aud without its slash": (lambda c: c.assertion(aud=c.sandbox.issuer[:-1]), 400, "invalid_grant", "MP-110"),
    "aud is the token endpoint": (
        lambda c: c.assertion(aud=c.sandbox.issuer + "token"),
        400,
        "invalid_grant",
        "MP-110",
    ),
    "aud as an array": (lambda c: c.assertion(aud=[c.sandbox.issuer]), 400, "invalid_grant", "MP-110"),
    "no aud": (lambda c: c.assertion(aud=...), 400, "invalid_request", "MP-011"),
    "no scope": (lambda c: c.assertion(scope=...), 400, "invalid_request", "MP-011"),
    "blank scope": (lambda c: c.assertion(scope=" "), 400, "invalid_request", "MP-011"),
    "no iat": (lambda c: c.assertion(iat=...), 400, "invalid_request", "MP-011"),
    "no exp": (lambda c: c.assertion(exp=...), 400, "invalid_request", "MP-011"),
    "iat as text": (lambda c: c.assertion(iat="now"), 400, "invalid_request", "MP-011"),
    "lives 121 seconds": (
        lambda c: c.assertion(iat=_now(0), exp=_now(0) + 121),
        400,
        "invalid_grant",
        "too long lifetime",
    ),
    "iat 13 seconds ahead": (
        lambda c: c.assertion(iat=_now(13), exp=_now(60)),
        400,
        "invalid_grant",
        "Issue time is after now",
    ),
    "expired": (lambda c: c.assertion(iat=_now(-130), exp=_now(-12)), 400, "invalid_grant", "MP-130"),
    "scope not on the client": (lambda c: c.assertion(scope="svv:kjoretoy/annet"), 400, "invalid_scope", "MP-200"),
    "one scope of two not on the client": (
        lambda c: c.assertion(scope="svv:kjoretoy/ecoc svv:kjoretoy/annet"),
        400,
        "invalid_scope",
        "MP-200",
    ),
    "own organisation as consumer": (
        lambda c: c.assertion(scope=DELEGATED, consumer_org=OWN_ORGANISATION),
        400,
        "invalid_request",
        "combination consumer_org in claim and delegation scope on client is invalid",
    ),
    "consumer is no organisation number": (
        lambda c: c.assertion(scope=DELEGATED, consumer_org="0192:310000027"),
        400,
        "invalid_request",
        "MP-011",
    ),
    "consumer lacks the scope": (
        lambda c: c.assertion(scope=DELEGATED, consumer_org=ORGANISATION_WITHOUT_SCOPE),
        403,
        "forbidden",
        "MP-250",
    ),
    "delegation missing": (
        lambda c: c.assertion(scope=DELEGATED, consumer_org=NOT_DELEGATING_ORGANISATION),
        403,
        "forbidden",
        "MP-251",
    ),
    "claim consumer_orgno": (
        lambda c: c.assertion(scope=DELEGATED, consumer_orgno=DELEGATING_ORGANISATIONS[0]),
        400,
        "invalid_request",
        "Invalid assertion",
    ),
    "claim nbf": (lambda c: c.assertion(nbf=_now(0)), 400, "invalid_request", "Invalid assertion"),
    "claim sub": (lambda c: c.assertion(sub="x"), 400, "invalid_request", "Invalid assertion"),
    "deprecated iss_onbehalfof": (
        lambda c: c.assertion(iss_onbehalfof="x"),
        400,
        "invalid_request",
        "Invalid assertion",
    ),
    "resource as a number": (lambda c: c.assertion(resource=1), 400, "invalid_request", "MP-011"),
    "resource as an empty array": (lambda c: c.assertion(resource=[]), 400, "invalid_request", "MP-011"),
    "pid too short": (lambda c: c.assertion(pid="123"), 400, "invalid_request", "MP-011"),
    "two authorization_details": (
        lambda c: c.assertion(authorization_details=[{"type": "urn:altinn:consent"}] * 2),
        400,
        "invalid_request",
        "MP-011",
    ),
    "unknown authorization_details": (
        lambda c: c.assertion(authorization_details=[{"type": "other"}]),
        400,
        "invalid_request",
        "MP-301",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_each_malformed_grant_is_refused_with_its_own_code(caller: Any, name: str) -> None:
    build, status, error, text = MALFORMED[name]
    got, body = await caller.ask(build(caller))
    assert (got, body["error"]) == (status, error), body
    assert text in body["error_description"]
    assert "correlation id: " in body["error_description"]
    assert body["error_uri"].startswith("https://docs.digdir.no/")
    assert caller.sandbox.truth()[-1]["result"] != "granted"
