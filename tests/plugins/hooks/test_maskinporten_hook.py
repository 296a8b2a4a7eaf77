# longer because every test needs the one loopback authority that is Maskinporten and an API at once
from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from include.errors import AccessDenied, ConfigurationError
from include.maskinporten.grant import Grant

GRANT = Grant("svv:kjoretoy/ecoc")
CLIENT = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def pem():
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def authority():
    """One loopback server that is Maskinporten at /token and an API elsewhere; `refusals` are given out first."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.assertions.append(form.split("assertion=")[1])
            if server.refusals:
                return self.reply(400, {"error": "invalid_grant", "error_description": server.refusals.pop()})
            claims = {"consumer": {"ID": "0192:912345678"}, "jti": str(len(server.assertions))}
            server.tokens.append(jwt.encode(claims, "s" * 32))
            return self.reply(200, {"access_token": server.tokens[-1], "token_type": "Bearer", "expires_in": 119})

        def do_GET(self):
            server.seen.append(self.headers.get("Authorization"))
            self.reply(200, {})

        def reply(self, status, body):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.assertions, server.tokens, server.refusals, server.seen = [], [], [], []
    server.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def make_hook(authority, pem, monkeypatch, tmp_path_factory):
    """A hook over a connection given in the environment, as a deployment gives it."""
    if "AIRFLOW_HOME" not in os.environ:
        monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "client")

    def make(conn_id="mp", extra=None, **changes):
        fields = {"environment": "test", "kid": "key-1", "private_key": pem.replace("\n", "\\n")} | changes
        connection = {"conn_type": "maskinporten", "host": authority.url, "login": CLIENT, "extra": extra or fields}
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))
        from samsvar.hooks.maskinporten import MaskinportenHook

        return MaskinportenHook(conn_id)

    return make


def masked(text):
    from airflow.sdk.log import redact

    return redact(text)


def test_the_hook_reads_its_connection(make_hook, authority):
    settings = make_hook().settings()
    assert (settings.conn_id, settings.issuer, settings.client_id) == ("mp", authority.url, CLIENT)


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


def test_the_key_is_masked_whole_by_line_and_by_number(make_hook, pem):
    settings = make_hook().settings()
    lines = [line for line in pem.splitlines()[1:-1] if len(line) >= 8]
    for text in [pem, pem.replace("\n", "\\n"), "".join(lines), json.dumps({"k": pem}), *lines]:
        shown = masked(f"before {text} after")
        assert not any(line in shown for line in lines)
    for secret in settings.key.secrets():
        assert secret not in masked(f"x {secret} y")


def test_keystore_password_and_a_key_that_cannot_be_read_are_masked_all_the_same(make_hook):
    hook = make_hook(private_key=None, keystore="canary-keystore-text", keystore_password="canary-keystore-pass")
    with pytest.raises(ConfigurationError) as caught:
        hook.settings()
    assert "canary" not in str(caught.value)
    assert "canary" not in masked("canary-keystore-text and canary-keystore-pass")


def test_a_key_given_as_json_is_masked_by_each_of_its_values(make_hook):
    hook = make_hook(private_key={"kty": "RSA", "d": "canary-private-exponent"})
    with pytest.raises(ConfigurationError):
        hook.settings()
    assert "canary" not in masked("canary-private-exponent")


def test_each_assertion_and_token_is_masked(make_hook, authority):
    make_hook().token_source().token_blocking(GRANT)
    for secret in (*authority.assertions, *authority.tokens):
        assert masked(f"x {secret} y") == "x *** y"
    assert authority.tokens[0].split(".")[1] not in masked(f"x {authority.tokens[0].split('.')[1]} y")


@pytest.fixture
def warned(monkeypatch, caplog):
    """The warnings of a process in which Airflow has not warned yet: it does so once."""
    from airflow.sdk._shared.secrets_masker import SecretsMasker

    monkeypatch.setattr(SecretsMasker, "_has_warned_short_secret", False)
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_healthy_token_fetch_logs_no_warning(make_hook, warned):
    make_hook(auth_mode="kid", keystore_password="abcd").token_source().token_blocking(GRANT)
    assert warned() == []


async def test_a_healthy_token_fetch_inside_an_event_loop_logs_no_warning(make_hook, warned):
    await (await make_hook(auth_mode="kid").atoken_source()).token(GRANT)
    assert warned() == []


def test_airflow_itself_would_warn_about_the_short_values_of_our_connections(make_hook, warned):
    hook = make_hook()
    hook.get_connection("mp")
    assert ["too short" in message for message in warned()] == [True]


def test_a_warning_about_anything_else_is_not_swallowed(make_hook, warned):
    from samsvar.hooks.masking import no_warning_about_short_values

    logger = logging.getLogger("airflow.sdk._shared.secrets_masker.secrets_masker")
    with no_warning_about_short_values():
        logger.warning("Something else")
    logger.warning("Skipping masking for a secret elsewhere")
    assert warned() == ["Something else", "Skipping masking for a secret elsewhere"]


def test_values_too_short_to_be_masked_are_never_handed_to_airflow(make_hook, monkeypatch, pem):
    from samsvar.hooks import masking

    handed = []

    async def hand(secret):
        handed.append(secret)

    monkeypatch.setattr(masking, "mask_secret", handed.append)
    monkeypatch.setattr(masking, "amask_secret", hand)
    with pytest.raises(ConfigurationError):
        make_hook(private_key={"kty": "RSA", "e": "AQAB", "d": "canary"}, keystore_password="abcd").settings()
    asyncio.run(masking.amask_long("abcd"))
    asyncio.run(masking.amask_long("canary-token"))
    assert handed == ["canary", "canary-token"]


def test_nothing_secret_is_logged(make_hook, authority, caplog, pem):
    caplog.set_level(logging.DEBUG)
    hook = make_hook()
    hook.token_source().token_blocking(GRANT)
    requests.get(f"{authority.url}api", auth=hook.bearer_auth(GRANT), timeout=5)
    shown = caplog.text + repr(hook) + repr(hook.__dict__) + repr(hook.settings())
    secrets = [*authority.assertions, *authority.tokens, *pem.splitlines()[1:-1]]
    assert [secret for secret in secrets if len(secret) > 8 and secret in shown] == []


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
