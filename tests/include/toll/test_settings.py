"""The connection `toll`: defaults, and one sentence for every wrong field."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import ConfigurationError
from include.toll.reuse import EVERY_WAY
from include.toll.settings import TollSettings, grant_for, settings_from_connection


def read(host: str | None = None, port: int | None = None, **extra: Any) -> TollSettings:
    return settings_from_connection(conn_id="toll", host=host, port=port, extra={"environment": "test"} | extra)


def test_blank_fields_are_the_published_values_and_the_safe_choices() -> None:
    settings = read(scope=" ", page_size="", validation_status_mode="", field_names="")
    assert settings == TollSettings(environment="test", base_url="https://api-test.toll.no")
    assert read(environment="prod").base_url == "https://api.toll.no"
    assert (settings.scope, settings.token_exchange, settings.token_margin) == ("toll:movement/entry", True, 60.0)
    assert (settings.validation_status_mode, settings.guessed_levels, settings.page_size) == ("list", False, 1000)
    assert settings.reuse is EVERY_WAY or settings.reuse == EVERY_WAY


def test_a_form_may_write_numbers_and_flags_as_text() -> None:
    settings = read(page_size="500", guessed_levels="true", token_exchange="no", token_margin="30")
    assert (settings.page_size, settings.guessed_levels, settings.token_exchange) == (500, True, False)
    assert settings.token_margin == 30


def test_the_port_of_a_connection_belongs_to_its_host() -> None:
    assert read("http://127.0.0.1", 8107).base_url == "http://127.0.0.1:8107"
    assert read("http://127.0.0.1:8107/", 8107).base_url == "http://127.0.0.1:8107"


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"environment": None}, "environment"),
        ({"environment": "production"}, "environment"),
        ({"verify": False}, "verify"),
        ({"page_size": 0}, "page_size"),
        ({"token_margin": "long"}, "token_margin"),
        ({"validation_status_mode": "guess"}, "validation_status_mode"),
        ({"validation_status_marker": "mrn"}, "validation_status_marker"),
        ({"reuse_refusal": "perhaps"}, "reuse_refusal"),
        ({"token_exchange_path": "https://evil.example/token"}, "token_exchange_path"),
        ({"token_exchange_path": "//evil.example/token"}, "token_exchange_path"),
        ({"presentation_path": "@evil.example/"}, "presentation_path"),
        ({"routing_path": "/a?b=c"}, "routing_path"),
        ({"routing_path": "/a\nb"}, "routing_path"),
        ({"field_names": "{"}, "field_names"),
        ({"field_names": '["mrn"]'}, "field_names"),
        ({"field_names": {"mrn": 5}}, "field_names"),
        ({"scope": 5}, "scope"),
    ],
)
def test_a_wrong_field_is_named_in_one_sentence(extra: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigurationError) as wrong:
        read(**extra)
    assert "toll" in str(wrong.value)
    assert field in str(wrong.value)
    assert "evil" not in str(wrong.value)


@pytest.mark.parametrize(
    ("host", "environment"),
    [
        ("https://api.toll.no", "test"),
        ("https://api-test.toll.no", "prod"),
        ("https://api.toll.no.evil.example", "prod"),
        ("https://toll.no", "prod"),
        ("http://api.toll.no", "prod"),
        ("https://user:pw@api.toll.no", "prod"),
        ("http://127.0.0.1:8107", "prod"),
        ("http://169.254.169.254", "test"),
    ],
)
def test_a_token_goes_to_tolletatens_own_hosts_of_its_environment_only(host: str, environment: str) -> None:
    with pytest.raises(ConfigurationError, match="host"):
        read(host, environment=environment)


def test_fields_and_texts_can_be_renamed() -> None:
    settings = read(field_names='{"mrn": "MRN"}', reuse_texts="Opptatt; brukt", reuse_refusal="asynchronous")
    assert settings.field_names == {"mrn": "MRN"}
    assert (settings.reuse.refusal, settings.reuse.texts) == ("asynchronous", ("opptatt", "brukt"))


def test_a_supplier_is_refused_until_a_setting_says_that_the_scope_can_be_delegated() -> None:
    with pytest.raises(ConfigurationError, match="delegation"):
        grant_for(read(), "310000027")
    assert grant_for(read(delegation=True), "310000027").consumer_org == "310000027"
    assert grant_for(read(), None).consumer_org is None


def test_an_extra_that_is_no_object_is_said_so() -> None:
    with pytest.raises(ConfigurationError, match="JSON object"):
        settings_from_connection(conn_id="toll", host=None, extra=[])  # type: ignore[arg-type]
