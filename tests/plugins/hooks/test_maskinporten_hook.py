"""From a connection to tokens that requests carry, and the button Test."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import pytest
import requests

from include.errors import AccessDenied, ConfigurationError
from include.maskinporten.grant import Grant

GRANT = Grant("svv:kjoretoy/ecoc")


def test_the_hook_reads_its_connection(make_hook, authority):
    settings = make_hook().settings()
    assert (settings.conn_id, settings.issuer, settings.client_id) == ("mp", authority.url, authority.client_id)


async def test_the_hook_reads_its_connection_inside_an_event_loop(make_hook, authority):
    source = await make_hook().atoken_source()
    assert (await source.token(GRANT)).value == authority.tokens[0]


def test_all_hooks_of_one_process_share_their_tokens(make_hook, authority):
    first, second = make_hook().token_source(), make_hook().token_source()
    values = {source.token_blocking(GRANT).value for source in (first, second)}
    assert first is second and len(values) == 1 and len(authority.assertions) == 1


def test_a_changed_connection_gets_a_token_source_of_its_own(make_hook):
    assert make_hook().token_source() is not make_hook(kid="key-2").token_source()


def test_the_bearer_auth_works_with_plain_requests(make_hook, authority):
    auth = make_hook().bearer_auth(GRANT)
    assert requests.get(f"{authority.url}api", auth=auth, timeout=5).status_code == 200
    assert authority.seen == [f"Bearer {authority.tokens[0]}"]


def test_the_bearer_auth_works_with_the_http_providers_hook(make_hook, authority, monkeypatch):
    hook = make_hook()
    monkeypatch.setenv("AIRFLOW_CONN_API", json.dumps({"conn_type": "http", "host": authority.url.rstrip("/")}))
    from airflow.providers.http.hooks.http import HttpHook

    api = HttpHook(method="GET", http_conn_id="api", auth_type=lambda: hook.bearer_auth(GRANT))
    assert api.run("/api", extra_options={"timeout": 5}).status_code == 200
    assert authority.seen == [f"Bearer {authority.tokens[0]}"]


def test_a_broken_extra_is_told_in_one_sentence(make_hook):
    with pytest.raises(ConfigurationError, match="Connection `mp`: its extra is no JSON object"):
        make_hook(extra="{not json").settings()


def test_the_connection_test_tells_lifetime_and_consumer_and_nothing_else(make_hook):
    assert make_hook(probe_scope="svv:kjoretoy/ecoc").test_connection() == (
        True,
        "expires_in 119 s, consumer 0192:912345678",
    )


async def test_the_connection_test_works_in_a_thread_that_runs_an_event_loop(make_hook):
    hook = make_hook(probe_scope="svv:kjoretoy/ecoc")
    assert asyncio.get_running_loop() and hook.test_connection()[0] is True


def test_the_connection_test_always_asks_anew(make_hook, authority, tmp_path):
    hook = make_hook(probe_scope="svv:kjoretoy/ecoc")
    hook.token_source().token_blocking(GRANT)
    hook.test_connection()
    assert len(authority.assertions) == 2


def test_the_connection_test_tells_what_to_do_when_it_fails(make_hook, authority):
    assert make_hook().test_connection() == (
        False,
        "Connection `mp`, field `probe_scope`: name a scope of the client to test with.",
    )
    authority.refusals.append("MP-121")
    passed, sentence = make_hook(probe_scope="a").test_connection()
    assert not passed and "has expired" in sentence and "register it again" in sentence


def test_a_refusal_reaches_the_task_as_one_plain_sentence(make_hook, authority):
    authority.refusals.append("MP-200")
    with pytest.raises(AccessDenied, match="Maskinporten refused connection `mp`: scope svv:kjoretoy/ecoc is not on"):
        make_hook().token_source().token_blocking(GRANT)


def test_airflow_builds_the_hook_from_the_connection_type(make_hook, tmp_path):
    make_hook("mp_by_type")
    code = (
        "from airflow.sdk import BaseHook\n"
        "hook = BaseHook.get_hook('mp_by_type')\n"
        "print('built', type(hook).__module__, hook.maskinporten_conn_id)"
    )
    environment = os.environ | {"AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert "built samsvar.hooks.maskinporten mp_by_type" in done.stdout, done.stderr
