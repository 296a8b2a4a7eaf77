"""From the connections `toll` and `maskinporten` to a client and polls, against the sandbox in a thread."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from include.errors import ConfigurationError
from include.outcomes import Outcome
from include.sandbox import SandboxThread
from include.toll.presentation import Consignment, Level
from samsvar.hooks import maskinporten as maskinporten_hook
from samsvar.hooks import toll as toll_hook
from samsvar.hooks.toll import TollHook

HOUSE = Consignment(Level.HOUSE, "NO351001", document_number="HC001", document_type="N740")


def party(consumer_org: str | None = None, toll: str = "toll", maskinporten: str | None = None) -> Any:
    connections = SimpleNamespace(toll=toll, maskinporten=maskinporten)
    return SimpleNamespace(connections=connections, consumer_org=consumer_org)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with SandboxThread(tmp_path_factory.mktemp("toll"), seed=7) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    running.sandbox._control._reset({})
    monkeypatch.setattr(toll_hook, "_tokens", {})
    monkeypatch.setattr(maskinporten_hook, "_sources", {})
    for name in ("maskinporten", "toll"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(running.connections[name]))
    return running


def changed(sandbox: Any, monkeypatch: pytest.MonkeyPatch, **extra: Any) -> None:
    connection = sandbox.connections["toll"]
    given = connection | {"extra": connection["extra"] | extra}
    monkeypatch.setenv("AIRFLOW_CONN_TOLL", json.dumps(given))


def test_a_party_presents_and_polls_through_its_connections(sandbox: Any) -> None:
    hook = TollHook.of(party())

    async def present() -> Any:
        async with client:
            return await client.present(uuid4(), HOUSE)

    client = hook.client_for(party())
    assert asyncio.run(present()).outcome is Outcome.ACCEPTED
    polls = hook.polls_for(party())
    try:
        assert [one.routing for one in polls.routing("house-consignment", None).items] == ["TO_ENTRY"]
        assert [one.status for one in polls.validation_status().items] == ["SUCCESS"]
    finally:
        polls.close()


def test_hooks_of_one_process_share_the_toll_token(sandbox: Any) -> None:
    def exchanges() -> int:
        return sum(line["service"] == "toll" and line["op"] == "exchange" for line in sandbox.truth())

    before = exchanges()
    for _ in range(3):
        polls = TollHook().polls_for(party())
        polls.routing("transport", None)
        polls.close()
    assert exchanges() == before + 1


def test_another_connection_or_other_settings_have_tokens_of_their_own(
    sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    TollHook().polls_for(party()).close()
    changed(sandbox, monkeypatch, token_margin=5)
    TollHook().polls_for(party()).close()
    assert len(toll_hook._tokens) == 2


def test_a_party_names_its_own_connections(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TOLL_NORD", json.dumps(sandbox.connections["toll"]))
    settings = TollHook.of(party(toll="toll_nord", maskinporten="maskinporten_nord")).settings()
    assert (settings.conn_id, settings.maskinporten_conn_id) == ("toll_nord", "maskinporten_nord")


def test_a_supplier_needs_the_setting(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="delegation"):
        TollHook().client_for(party("310000027"))
    changed(sandbox, monkeypatch, delegation=True)
    TollHook().client_for(party("310000027"))


def test_test_and_prod_are_refused_together_in_one_sentence(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TOLL", json.dumps({"conn_type": "toll", "extra": {"environment": "prod"}}))
    with pytest.raises(ConfigurationError, match="never mixed"):
        TollHook().client_for(party())


def test_a_missing_connection_is_named(sandbox: Any) -> None:
    with pytest.raises(ConfigurationError, match="AIRFLOW_CONN_TOLL_GONE"):
        TollHook("toll_gone").settings()


async def test_the_button_test_reads_one_page_and_changes_nothing(sandbox: Any) -> None:
    good, sentence = TollHook().test_connection()
    assert good
    assert "a Toll token of 970 s" in sentence
    assert not [line for line in sandbox.truth() if line["op"] == "present" and line["result"] != "TAKEN"]


def test_the_button_test_says_what_is_wrong(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(sandbox, monkeypatch, token_exchange=False)
    good, sentence = TollHook().test_connection()
    assert not good
    assert "token_exchange" in sentence


def test_no_token_and_no_key_is_in_what_the_hook_shows(sandbox: Any) -> None:
    hook = TollHook()
    polls = hook.polls_for(party())
    polls.routing("transport", None)
    key = sandbox.connections["maskinporten"]["extra"]["private_key"].splitlines()[1]
    shown = repr(hook.settings()) + repr(polls) + repr(hook)
    assert key not in shown
    assert all(token not in shown for token in sandbox.toll.tokens._issued)
    polls.close()


def test_a_toll_token_is_masked_in_logs_before_it_is_used(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    masked: list[str] = []

    async def told(secret: str) -> None:
        masked.append(secret)

    monkeypatch.setattr(toll_hook, "amask_long", told)
    sandbox.toll.tokens.revoke_all()
    polls = TollHook().polls_for(party())
    polls.routing("transport", None)
    polls.close()
    assert masked == list(sandbox.toll.tokens._issued)
