from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jwt.algorithms import RSAAlgorithm

from include.errors import ConfigurationError
from include.maskinporten.settings import settings_from_extra

CLIENT = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def read(pem):
    """Settings from a good connection with `extra` changed; None removes a field."""

    def read(host=None, login=CLIENT, **extra):
        given = {"environment": "test", "kid": "key-1", "private_key": pem} | extra
        given = {name: value for name, value in given.items() if value is not None}
        return settings_from_extra(conn_id="mp", host=host, login=login, extra=given)

    return read


@pytest.mark.parametrize(
    ("environment", "issuer"), [("prod", "https://maskinporten.no/"), ("test", "https://test.maskinporten.no/")]
)
def test_a_blank_host_means_the_official_issuer_of_the_environment(read, environment, issuer):
    settings = read(environment=environment)
    assert (settings.issuer, settings.token_endpoint) == (issuer, f"{issuer}token")


@pytest.mark.parametrize(
    "host",
    ["https://test.maskinporten.no", "https://test.maskinporten.no/", "test.maskinporten.no",
     "https://TEST.Maskinporten.no:443/", " https://test.maskinporten.no/ "],
)  # fmt: skip
def test_the_issuer_is_spelled_as_maskinporten_spells_it_whatever_was_typed(read, host):
    assert read(host=host).issuer == "https://test.maskinporten.no/"


@pytest.mark.parametrize(
    ("environment", "host", "reason"),
    [
        ("prod", "https://test.maskinporten.no/", "is the issuer of test, and the environment says prod"),
        ("test", "https://maskinporten.no/", "is the issuer of prod, and the environment says test"),
        ("prod", "http://127.0.0.1:8080/", "loopback issuer is the sandbox"),
        ("test", "https://evil.example/", "no Maskinporten of environment test lives there"),
        ("test", "https://test.maskinporten.no.evil.example/", "no Maskinporten"),
        ("test", "https://test.maskinporten.no:8443/", "no Maskinporten"),
        ("test", "https://169.254.169.254/", "no Maskinporten"),
        ("test", "http://test.maskinporten.no/", "use https"),
        ("test", "http://10.0.0.1/", "use https"),
        ("test", "ftp://test.maskinporten.no/", "not a URL"),
        ("test", "https://canary:canary@test.maskinporten.no/", "no user name"),
        ("test", "https://test.maskinporten.no/?canary", "query"),
        ("test", "https://test.maskinporten.no:canary/", "not a URL"),
        ("test", "https://[canary/", "not a URL"),
    ],
)
def test_test_and_prod_are_never_mixed_and_nobody_else_gets_a_grant(read, environment, host, reason):
    with pytest.raises(ConfigurationError, match=reason) as caught:
        read(host=host, environment=environment)
    assert str(caught.value).startswith("Connection `mp`, field `host`: ") and "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "endpoint",
    ["https://evil.example/token", "https://maskinporten.no/token", "https://test.maskinporten.no:444/token",
     "http://test.maskinporten.no/token", "https://test.maskinporten.no@evil.example/token", "/token"],
)  # fmt: skip
def test_a_token_endpoint_elsewhere_than_the_issuer_is_refused(read, endpoint):
    with pytest.raises(ConfigurationError, match="field `token_endpoint`"):
        read(token_endpoint=endpoint)


def test_a_token_endpoint_on_the_issuers_server_is_taken(read):
    settings = read(token_endpoint="https://test.maskinporten.no/other/token")
    assert settings.token_endpoint == "https://test.maskinporten.no/other/token"


def test_the_sandbox_on_loopback_may_speak_plain_http_in_test(read):
    assert read(host="http://127.0.0.1:8080").token_endpoint == "http://127.0.0.1:8080/token"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"environment": None}, "field `environment`: missing; choose test or prod"),
        ({"environment": "staging"}, "field `environment`: not a known value; choose one of test, prod"),
        ({"login": " "}, "field `login`: the client id is missing"),
        ({"kid": None}, "field `kid`: the key id is missing"),
        ({"auth_mode": "x5c"}, "field `kid`: a grant names its key by kid or by x5c, never both"),
        ({"auth_mode": "x5c", "kid": None}, "field `auth_mode`: x5c needs the business certificate"),
        ({"auth_mode": "both"}, "field `auth_mode`"),
        ({"algorithm": "ES256"}, "field `algorithm`"),
        ({"algorithm": "none"}, "field `algorithm`"),
        ({"private_key": None}, "no key; set one of the three"),
        ({"private_key_file": "/k"}, "private_key and private_key_file are both set"),
        ({"private_key": "canary"}, "field `private_key`: this is no PEM"),
        ({"private_key": 7}, "field `private_key`: expected text"),
        ({"assertion_lifetime": 121}, "field `assertion_lifetime`: out of range"),
        ({"assertion_lifetime": "long"}, "field `assertion_lifetime`: not a number"),
        ({"timeout": 0}, "field `timeout`"),
        ({"timeout": "nan"}, "field `timeout`"),
        ({"refresh_margin": -1}, "field `refresh_margin`"),
        ({"refresh_margin": True}, "field `refresh_margin`"),
        ({"resource_as_string": "maybe"}, "field `resource_as_string`: expected true or false"),
        ({"verify": False}, "field `verify`: certificate checks cannot be switched off"),
        ({"verify_ssl": "false"}, "field `verify_ssl`"),
    ],
)
def test_a_wrong_field_gives_one_sentence_that_names_connection_and_field(read, changes, reason):
    with pytest.raises(ConfigurationError, match=reason) as caught:
        read(**changes)
    sentence = str(caught.value)
    assert sentence.startswith("Connection `mp`, field") and "\n" not in sentence and "canary" not in sentence


def test_blanks_and_texts_from_a_form_are_understood(read):
    settings = read(
        assertion_lifetime="90", refresh_margin="12.5", timeout="", resource_as_string="true", token_endpoint="",
        algorithm="", auth_mode="", ca_file=" ", cache_dir="", keystore="", private_key_file="",
    )  # fmt: skip
    assert (settings.assertion_lifetime, settings.refresh_margin, settings.timeout) == (90, 12.5, 10.0)
    assert settings.resource_as_string and settings.ca_file is None and settings.cache_dir is None


def test_a_jwk_may_be_given_as_json_and_brings_its_kid(read, private_key):
    jwk = RSAAlgorithm.to_jwk(private_key, as_dict=True) | {"kid": "from-jwk"}
    assert read(private_key=jwk, kid=None).kid == "from-jwk"
    assert read(private_key=json.dumps(jwk), kid="typed").kid == "typed"


def test_settings_made_by_hand_are_checked_as_strictly(settings):
    for change in (
        {"environment": "prod"},
        {"issuer": settings.issuer.rstrip("/")},
        {"token_endpoint": "https://evil.example/token"},
        {"assertion_lifetime": 121},
        {"assertion_lifetime": 0},
        {"kid": None},
        {"algorithm": "PS256"},
        {"auth_mode": "x5c"},
        {"timeout": 61.0},
        {"refresh_margin": -1.0},
        {"client_id": ""},
    ):
        with pytest.raises(ConfigurationError):
            replace(settings, **change)
