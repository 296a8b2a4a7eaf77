"""From two connections to a client, or one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from include.errors import ConfigurationError
from include.vegvesen.client import VegvesenClient
from samsvar.hooks.vegvesen import VegvesenHook, grant_for


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, pem: str, tmp_path: Path) -> Any:
    """Sets both connections; keyword arguments change the extra of `vegvesen`."""

    def connections(
        host: str | None = None, maskinporten: str = "test", issuer: str | None = None, **extra: Any
    ) -> VegvesenHook:
        given = {"environment": "test"} | extra
        monkeypatch.setenv("AIRFLOW_CONN_VEGVESEN", json.dumps({"conn_type": "vegvesen", "host": host, "extra": given}))
        token = {"environment": maskinporten, "kid": "k1", "private_key": pem, "timeout": 1}
        monkeypatch.setenv(
            "AIRFLOW_CONN_MASKINPORTEN",
            json.dumps({"conn_type": "maskinporten", "host": issuer, "login": "a-client-id", "extra": token}),
        )
        return VegvesenHook()

    return connections


def test_the_connection_becomes_settings(connect: Any) -> None:
    settings = connect("http://127.0.0.1:8081", max_parallel="64").settings()
    assert (settings.conn_id, settings.base_url, settings.max_parallel) == ("vegvesen", "http://127.0.0.1:8081", 64)


def test_the_client_is_built_from_both_connections(connect: Any) -> None:
    hook = connect("http://127.0.0.1:8081")
    assert isinstance(hook.client(), VegvesenClient)
    assert isinstance(hook.client("987654321"), VegvesenClient)
    assert isinstance(hook.get_conn(), VegvesenClient)


def test_an_importer_asks_for_the_own_scope_and_a_supplier_for_the_delegated_one(connect: Any) -> None:
    settings = connect().settings()
    own, delegated = grant_for(settings), grant_for(settings, "987654321")
    assert (own.scope, own.consumer_org, own.resource) == ("svv:kjoretoy/ecoc", None, "https://www.utv.vegvesen.no")
    assert (delegated.scope, delegated.consumer_org) == ("svv:kjoretoy/ecoc.delegert", "987654321")


def test_test_and_prod_are_refused_together_in_one_sentence(connect: Any) -> None:
    hook = connect(environment="prod")
    with pytest.raises(ConfigurationError) as refused:
        hook.client()
    sentence = str(refused.value)
    assert sentence.startswith("Connection 'vegvesen' is prod but its Maskinporten connection 'maskinporten' is test;")
    assert hook.test_connection() == (False, sentence)


def test_a_party_with_a_client_of_its_own_names_its_maskinporten_connection(connect: Any) -> None:
    connect()
    hook = VegvesenHook(maskinporten_conn_id="maskinporten_own")
    assert hook.settings().maskinporten_conn_id == "maskinporten_own"


def test_a_wrong_connection_is_named(connect: Any) -> None:
    with pytest.raises(ConfigurationError, match="Connection `vegvesen`, field `max_parallel`"):
        connect(max_parallel="lots").client()


async def test_the_test_of_a_connection_says_why_no_token_came_even_inside_an_event_loop(
    connect: Any, pem: str
) -> None:
    good, sentence = connect("http://127.0.0.1:9", issuer="http://127.0.0.1:9/").test_connection()
    assert not good
    assert sentence.endswith(".")
    assert pem.splitlines()[1] not in sentence
