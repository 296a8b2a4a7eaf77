"""Maskinporten takes the right grant, once, and says in its token who is acting for whom."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from include.sandbox.keys import KeyRing, TestIssuer, x5c
from include.sandbox.registry import (
    CERTIFICATE_CLIENT_ID,
    DELEGATING_ORGANISATIONS,
    NOT_DELEGATING_ORGANISATION,
    ORGANISATION_WITHOUT_SCOPE,
    OWN_ORGANISATION,
    is_organisation_number,
)

DELEGATED = "svv:kjoretoy/ecoc.delegert"


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
async def test_a_right_grant_gets_a_token_with_the_documented_claims(caller: Any, algorithm: str) -> None:
    status, body = await caller.ask(caller.assertion(algorithm=algorithm, resource=["https://www.vegvesen.no/"]))
    assert status == 200
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 120, "svv:kjoretoy/ecoc")
    async with caller.session.get(f"{caller.sandbox.issuer}jwk") as answer:
        public = jwt.PyJWKSet.from_dict(await answer.json())
    header = jwt.get_unverified_header(body["access_token"])
    claims = jwt.decode(
        body["access_token"],
        public[header["kid"]].key,
        algorithms=["RS256"],
        audience="https://www.vegvesen.no/",
        issuer=caller.sandbox.issuer,
    )
    assert claims["consumer"] == {"authority": "iso6523-actorid-upis", "ID": f"0192:{OWN_ORGANISATION}"}
    assert claims["exp"] - claims["iat"] == 120
    assert "supplier" not in claims


async def test_a_delegated_grant_names_consumer_and_supplier(caller: Any) -> None:
    token = await caller.token(scope=DELEGATED, consumer_org=DELEGATING_ORGANISATIONS[0])
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["consumer"]["ID"] == f"0192:{DELEGATING_ORGANISATIONS[0]}"
    assert claims["supplier"]["ID"] == f"0192:{OWN_ORGANISATION}"
    assert claims["delegation_source"] == "https://tt02.altinn.no/"
    assert "aud" not in claims


async def test_a_business_certificate_is_taken_from_a_client_without_keys(caller: Any) -> None:
    keys = KeyRing(caller.sandbox.home / "keys")
    key = keys.pair("business")
    certificate = TestIssuer(keys.file("issuer.pem")).issue(key, OWN_ORGANISATION)
    header = {"x5c": x5c(certificate)}
    status, body = await caller.ask(caller.assertion(key=key, header=header, iss=CERTIFICATE_CLIENT_ID))
    assert status == 200, body
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert claims["client_amr"] == "virksomhetssertifikat"


async def test_resource_as_a_plain_string_becomes_the_audience(caller: Any) -> None:
    token = await caller.token(resource="https://www.vegvesen.no")
    assert jwt.decode(token, options={"verify_signature": False})["aud"] == "https://www.vegvesen.no"


@pytest.mark.parametrize("jti", ["given", ...])
async def test_a_grant_can_be_used_once(caller: Any, jti: Any) -> None:
    assertion = caller.assertion(jti=jti)
    assert (await caller.ask(assertion))[0] == 200
    status, body = await caller.ask(assertion)
    assert status == 400
    assert "MP-012" in body["error_description"]


async def test_a_new_grant_with_an_old_jti_is_refused(caller: Any) -> None:
    await caller.token(jti="one")
    status, body = await caller.ask(caller.assertion(jti="one", scope=DELEGATED))
    assert (status, "MP-012" in body["error_description"]) == (400, True)


@pytest.mark.parametrize(("seconds", "granted"), [(-9, True), (8, True), (-14, False)])
async def test_ten_seconds_of_clock_skew_are_allowed(caller: Any, seconds: int, granted: bool) -> None:
    await caller.turn("/clock", skew_seconds=seconds)
    assert ((await caller.ask(caller.assertion()))[0] == 200) is granted


async def test_the_token_call_must_be_the_documented_form(caller: Any) -> None:
    status, body = await caller.ask(caller.assertion(), grant_type="client_credentials")
    assert (status, body["error"]) == (400, "unsupported_grant_type")
    async with caller.session.post(f"{caller.sandbox.issuer}token", json={"assertion": "x"}) as answer:
        assert answer.status == 400
    async with caller.session.get(f"{caller.sandbox.issuer}token") as answer:
        assert answer.status == 405


async def test_metadata_names_the_issuer_and_only_what_is_supported(caller: Any) -> None:
    async with caller.session.get(f"{caller.sandbox.issuer}.well-known/oauth-authorization-server") as answer:
        metadata = await answer.json()
    assert metadata["issuer"] == caller.sandbox.issuer
    assert metadata["token_endpoint"] == caller.sandbox.issuer + "token"
    assert metadata["token_endpoint_auth_signing_alg_values_supported"] == ["RS256", "RS384", "RS512"]
    assert metadata["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]


async def test_a_delegation_can_be_given_and_withdrawn_while_it_runs(caller: Any) -> None:
    ask = {"scope": DELEGATED, "consumer_org": NOT_DELEGATING_ORGANISATION}
    await caller.turn("/delegations", consumer_org=NOT_DELEGATING_ORGANISATION)
    assert (await caller.ask(caller.assertion(**ask)))[0] == 200
    await caller.turn("/delegations", consumer_org=NOT_DELEGATING_ORGANISATION, given=False)
    assert (await caller.ask(caller.assertion(**ask)))[0] == 403


def test_the_synthetic_organisations_have_right_check_digits() -> None:
    numbers = (OWN_ORGANISATION, *DELEGATING_ORGANISATIONS, NOT_DELEGATING_ORGANISATION, ORGANISATION_WITHOUT_SCOPE)
    assert all(map(is_organisation_number, numbers))
    assert len(set(numbers)) == len(numbers)
    assert not is_organisation_number("310000018")
