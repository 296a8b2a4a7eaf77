"""Wrong fields of the two connection types end in one sentence that names the field and repeats no secret."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import ConfigurationError
from include.fiks.settings import settings_from_connection
from include.sandbox.fiks import FIKS_ORG_ID, INTEGRATION_ID
from include.vegvesen_register.settings import settings_from_connection as own_settings

GOOD: dict[str, Any] = {
    "host": None,
    "login": INTEGRATION_ID,
    "password": "hemmelig-passord",
    "extra": {"environment": "test", "fiks_org_id": FIKS_ORG_ID},
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"login": "not-a-uuid"}, "field login"),
        ({"password": " "}, "field password"),
        ({"password": "hemmelig\nlinje"}, "field password"),
        ({"extra": {"environment": "test"}}, "field fiks_org_id"),
        ({"extra": {"fiks_org_id": FIKS_ORG_ID}}, "`environment`"),
        ({"extra": {"environment": "test", "fiks_org_id": FIKS_ORG_ID, "verify": "false"}}, "`verify`"),
        ({"host": "https://api.fiks.ks.no"}, "belongs to prod"),
        ({"host": "http://api.fiks.test.ks.no"}, "field host"),
        ({"host": "https://api.fiks.ks.no.example"}, "is not a host of KS Fiks"),
        ({"host": "http://127.0.0.1:1", "extra": {"environment": "prod"}}, "belongs to test"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_its_secret_is_not(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        settings_from_connection(conn_id="fiks", **(GOOD | changes))
    assert field in str(refused.value) and "fiks" in str(refused.value)
    assert "hemmelig" not in str(refused.value)


def test_the_settings_hide_the_password_and_a_party_has_its_own_organisation() -> None:
    settings = settings_from_connection(conn_id="fiks", **GOOD)
    assert "hemmelig" not in repr(settings)
    assert settings.secrets() == ("hemmelig-passord",)
    assert settings.base_url == "https://api.fiks.test.ks.no"
    own = settings_from_connection(
        conn_id="fiks",
        host="https://api.fiks.ks.no/kjoretoyregister/api/",
        login=INTEGRATION_ID,
        password="hemmelig-passord",
        extra={"environment": "prod"},
        fiks_org_id=FIKS_ORG_ID.upper(),
    )
    assert (own.base_url, own.fiks_org_id) == ("https://api.fiks.ks.no", FIKS_ORG_ID)


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"environment": "test", "bulk_size": 0}, "`bulk_size`"),
        ({"environment": "test", "bulk_size": "lots"}, "`bulk_size`"),
        ({"environment": "test", "max_parallel": 1000}, "`max_parallel`"),
        ({"environment": "test", "item_shape": "array"}, "`item_shape`"),
        ({"environment": "test", "owner_purpose": "for", "owner_secret_key": "A" * 43 + "="}, "owner_purpose"),
        ({}, "`environment`"),
        ([], "its extra"),
    ],
)
def test_a_wrong_field_of_the_own_lookup_is_named(extra: Any, field: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        own_settings(conn_id="vegvesen_register", host=None, extra=extra)
    assert field in str(refused.value) and "vegvesen_register" in str(refused.value)


@pytest.mark.parametrize(
    ("host", "environment"),
    [
        (None, "test"),
        (None, "prod"),
        ("http://127.0.0.1:8080/", "test"),
        ("https://akfell-datautlevering.atlas.vegvesen.no", "prod"),
    ],
)
def test_a_host_of_the_authority_in_its_environment_is_taken(host: str | None, environment: str) -> None:
    settings = own_settings(conn_id="vegvesen_register", host=host, extra={"environment": environment})
    assert settings.base_url.startswith("http") and not settings.base_url.endswith("/")


def test_an_address_of_the_other_environment_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="belongs to prod"):
        own_settings(
            conn_id="vegvesen_register",
            host="https://akfell-datautlevering.atlas.vegvesen.no",
            extra={"environment": "test"},
        )


def test_a_port_of_its_own_and_codes_for_not_found_are_taken() -> None:
    extra = {"environment": "test", "absent_messages": " IKKE_FUNNET ,, Annet "}
    settings = own_settings(conn_id="vegvesen_register", host="http://127.0.0.1", port=8106, extra=extra)
    assert settings.base_url == "http://127.0.0.1:8106"
    assert settings.absent_messages == {"ikke_funnet", "annet"}
