"""Keys, grants and tokens are masked wherever Airflow writes, and without its warnings about short values."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
import requests

from include.errors import ConfigurationError
from include.maskinporten.grant import Grant

GRANT = Grant("svv:kjoretoy/ecoc")


def masked(text):
    from airflow.sdk.log import redact

    return redact(text)


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
