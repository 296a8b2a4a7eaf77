from __future__ import annotations

import base64
from dataclasses import replace

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from include.errors import ConfigurationError
from include.maskinporten.grant import Grant, build_assertion, cache_key
from include.maskinporten.key import SigningKey

NOW = 1_800_000_000.75


def opened(assertion):
    return jwt.get_unverified_header(assertion), jwt.decode(assertion, options={"verify_signature": False})


def test_a_plain_grant_has_exactly_the_documented_claims(settings):
    header, claims = opened(build_assertion(settings, Grant("svv:kjoretoy/ecoc"), now=NOW, jti="j-1"))
    assert header == {"alg": "RS256", "kid": "key-1", "typ": "JWT"}
    assert claims == {
        "aud": settings.issuer,
        "iss": settings.client_id,
        "scope": "svv:kjoretoy/ecoc",
        "iat": 1_800_000_000,
        "exp": 1_800_000_120,
        "jti": "j-1",
    }


def test_a_full_grant_carries_resource_consumer_and_details_as_documented(settings):
    details = {"type": "urn:altinn:systemuser", "systemuser_org": {"ID": "0192:987654321"}}
    grant = Grant("b a b", resource="https://api.example/", consumer_org="912345678", authorization_details=details)
    _, claims = opened(build_assertion(settings, grant, now=NOW, jti="j"))
    assert claims["resource"] == ["https://api.example/"]
    assert claims["consumer_org"] == "912345678"
    assert claims["authorization_details"] == [details]
    assert claims["scope"] == "a b"


def test_the_resource_is_text_when_the_connection_says_so(settings):
    text = replace(settings, resource_as_string=True)
    _, claims = opened(build_assertion(text, Grant("s", resource="https://r/"), now=NOW, jti="j"))
    assert claims["resource"] == "https://r/"


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_each_offered_algorithm_signs_so_that_the_public_key_agrees(settings, private_key, algorithm):
    assertion = build_assertion(replace(settings, algorithm=algorithm), Grant("s"), now=NOW, jti="j")
    options = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(
        assertion, private_key.public_key(), algorithms=[algorithm], audience=settings.issuer, options=options
    )


def test_x5c_sends_the_certificate_as_an_array_of_plain_base64_and_no_kid(settings, private_key, certificate):
    store = pkcs12.serialize_key_and_certificates(
        b"k", private_key, certificate, None, serialization.BestAvailableEncryption(b"store-pass")
    )
    key = SigningKey.from_keystore(base64.b64encode(store).decode(), "store-pass")
    header, _ = opened(
        build_assertion(replace(settings, key=key, auth_mode="x5c", kid=None), Grant("s"), now=NOW, jti="j")
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    assert header["x5c"] == [base64.b64encode(der).decode()]
    assert "kid" not in header


@pytest.mark.parametrize("consumer", ["91234567", "9123456789", "91234567x", "", "９１２３４５６７８"])
def test_a_consumer_that_is_not_nine_digits_is_refused_at_once(consumer):
    with pytest.raises(ConfigurationError, match="nine digits"):
        Grant("s", consumer_org=consumer)


def test_a_grant_without_a_scope_is_refused():
    with pytest.raises(ConfigurationError, match="scope"):
        Grant("  ")


def test_the_details_stay_out_of_repr_since_they_may_name_a_person():
    assert "12345678901" not in repr(Grant("s", authorization_details={"from": "12345678901"}))


def test_the_cache_key_tells_apart_all_that_makes_two_tokens_different(settings):
    grants = [
        Grant("a"),
        Grant("a b"),
        Grant("a", resource="https://r/"),
        Grant("a", consumer_org="912345678"),
        Grant("a", authorization_details={"id": "1"}),
        Grant("a", authorization_details={"id": "2"}),
    ]
    others = [replace(settings, client_id="other"), replace(settings, kid="key-2")]
    keys = {cache_key(settings, grant) for grant in grants} | {cache_key(other, Grant("a")) for other in others}
    assert len(keys) == len(grants) + len(others)


def test_the_order_of_scopes_and_of_detail_fields_makes_no_new_key(settings):
    assert cache_key(settings, Grant("a b")) == cache_key(settings, Grant("b  a a"))
    one, other = Grant("a", authorization_details={"x": 1, "y": 2}), Grant("a", authorization_details={"y": 2, "x": 1})
    assert cache_key(settings, one) == cache_key(settings, other)
