from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from include.errors import AccessDenied, ConfigurationError, ServiceUnavailable
from include.maskinporten.errors_table import RULINGS, refusal
from include.maskinporten.grant import Grant

GRANT = Grant("svv:kjoretoy/ecoc.delegert", consumer_org="912345678")

ROWS = [
    ("MP-011", "invalid_request", 400, ConfigurationError, "grant is malformed", False),
    ("MP-012", "invalid_grant", 400, ServiceUnavailable, "used before", True),
    ("MP-100 Client not found", "invalid_grant", 400, ConfigurationError, "does not exist in environment test", False),
    ("Client not found", "invalid_client", 400, ConfigurationError, "correct the login or the environment", False),
    ("MP-110", "invalid_grant", 400, ConfigurationError, "audience http://", False),
    ("MP-120", "invalid_grant", 400, ConfigurationError, "certificate is not valid in environment test", False),
    ("MP-121", "invalid_grant", 400, AccessDenied, "key key-1 .* has expired .* register it again", False),
    ("MP-122", "invalid_grant", 400, ConfigurationError, "belongs to another organisation", False),
    ("MP-123", "invalid_grant", 400, ConfigurationError, "x5c", False),
    ("MP-124", "invalid_grant", 400, ConfigurationError, "signature does not fit key key-1", False),
    ("MP-130", "invalid_grant", 400, ConfigurationError, "clock is 200 seconds behind", True),
    ("JWT has expired.", "invalid_grant", 400, ConfigurationError, "correct the clock", True),
    ("Issue time is after now", "invalid_grant", 400, ConfigurationError, "dated in the future", False),
    ("MP-011 Issue time is in the future.", "invalid_grant", 400, ConfigurationError, "dated in the future", False),
    ("JWT has too long lifetime.", "invalid_grant", 400, ConfigurationError, "assertion_lifetime", False),
    ("Unknown key identifier", "invalid_grant", 400, AccessDenied, "key id key-1 is not registered", False),
    ("MP-200", "invalid_scope", 400, AccessDenied, "scope svv:kjoretoy/ecoc.delegert is not on client", False),
    ("MP-201", "invalid_scope", 400, AccessDenied, "not for this kind of client", False),
    ("MP-250", "access_denied", 403, AccessDenied, "organisation 912345678 has not been given scope", False),
    ("MP-251", "access_denied", 403, AccessDenied, "organisation 912345678 has not delegated .* in Altinn", False),
    (
        "combination consumer_org in claim and delegation scope on client is invalid",
        "invalid_request", 400, ConfigurationError, "set the party's access to own", False,
    ),
    ("MP-301", "invalid_request", 400, ConfigurationError, "type of `authorization_details`", False),
    ("MP-302", "invalid_request", 400, ConfigurationError, "field of `authorization_details`", False),
    ("MP-303", "invalid_request", 400, AccessDenied, "approved the system user", False),
    ("no such customer", "invalid_altinn_customer_configuration", 400, AccessDenied, "approved the system user", False),
]  # fmt: skip


def answer(settings, description, error="invalid_grant", status=400, **more):
    body = orjson.dumps({"error": error, "error_description": description})
    return refusal(settings, GRANT, status=status, body=body, **more)


@pytest.mark.parametrize(("description", "error", "status", "kind", "sentence", "new_grant"), ROWS)
def test_each_documented_refusal_says_what_to_do(settings, description, error, status, kind, sentence, new_grant):
    found = answer(settings, f"{description} (correlation id: 11aa22bb)", error, status, skew=-200.4)
    assert type(found.error) is kind
    assert found.new_grant is new_grant
    found.error.args[0].index("Maskinporten refused connection `maskinporten`: ")
    with pytest.raises(kind, match=sentence):
        raise found.error
    assert "correlation id 11aa22bb" in str(found.error)
    assert "\n" not in str(found.error) and "{" not in str(found.error)


@pytest.mark.parametrize("code", ["MP-200", "MP-201", "MP-250"])
def test_a_scope_that_is_not_ours_may_also_be_the_wrong_one_in_the_connection(settings, code):
    sentence = str(answer(settings, code, "invalid_scope").error)
    assert "or correct `scope` or `delegated_scope` of the connection that asks for it. (MP-" in sentence


def test_every_ruling_of_the_table_is_covered_by_a_row(settings):
    reached = {str(answer(settings, row[0], row[1], row[2]).error).split(" (MP-")[0] for row in ROWS}
    assert len(reached) == len(RULINGS)


def test_one_without_consumer_speaks_of_our_own_organisation(settings):
    body = orjson.dumps({"error": "access_denied", "error_description": "MP-250"})
    found = refusal(settings, Grant("ks:fiks"), status=403, body=body)
    assert "our own organisation has not been given scope ks:fiks" in str(found.error)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        ("invalid_scope", 400, AccessDenied),
        ("access_denied", 403, AccessDenied),
        ("brand_new", 400, ConfigurationError),
    ],
)
def test_a_code_nobody_documented_passes_on_what_maskinporten_said(settings, error, status, kind):
    found = answer(settings, "MP-999 Noko nytt", error, status)
    assert type(found.error) is kind and "Noko nytt" in str(found.error) and "MP-999" in str(found.error)


def test_what_maskinporten_said_is_passed_on_without_tokens_people_or_line_breaks(settings):
    said = f"pid 01017012345 with {'eyJ' + 'a' * 60}.{'b' * 30}\r\nnext\x1b[31m {'long ' * 100}"
    sentence = str(answer(settings, said, "brand_new").error)
    assert "01017012345" not in sentence and "eyJ" not in sentence
    assert sentence.isprintable() and len(sentence) < 500


@pytest.mark.parametrize("body", [b"<html>Forbidden</html>", b"", b"[]", b'{"error": 7}', b"\xff"])
@pytest.mark.parametrize("status", [301, 400, 403, 404, 405])
def test_an_answer_that_is_not_maskinportens_points_at_the_address(settings, body, status):
    found = refusal(settings, GRANT, status=status, body=body)
    assert type(found.error) is ConfigurationError
    assert f"HTTP {status} without a Maskinporten error; check `host`" in str(found.error)


def test_a_client_with_a_certificate_is_not_called_by_a_kid_it_lacks(settings, certificate, pem):
    from cryptography.hazmat.primitives import serialization

    from include.maskinporten.key import SigningKey

    key = SigningKey.from_text(pem + certificate.public_bytes(serialization.Encoding.PEM).decode())
    found = answer(replace(settings, key=key, auth_mode="x5c", kid=None), "MP-124")
    assert "None" not in str(found.error)
