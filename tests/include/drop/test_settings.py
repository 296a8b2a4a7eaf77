"""Settings from a connection: what the SFTP provider's form holds, and no way around the host key check."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from include.drop.handing import handed, received
from include.drop.settings import CIPHERS, DropSettings, Hidden, is_loopback, settings_from_connection
from include.errors import ConfigurationError

PEM = (
    "-----BEGIN OPENSSH PRIVATE KEY-----\ncanaryline0000000001\ncanaryline0000000002\n-----END OPENSSH PRIVATE KEY-----"
)


def settings(**changed: Any) -> DropSettings:
    told: dict[str, Any] = {"host": "drop.example.no", "port": None, "login": "nordbil", "password": "canary-pass"}
    extra = changed.pop("extra", {})
    return settings_from_connection(conn_id="ecoc_sftp", **(told | changed), extra=extra)


def test_a_plain_connection_has_safe_defaults() -> None:
    read = settings()
    assert (read.host, read.port, read.username) == ("drop.example.no", 22, "nordbil")
    assert read.check_host_key
    assert (read.in_flight, read.connections) == (64, 1)
    assert read.ciphers == CIPHERS


def test_the_form_s_text_values_are_read_like_json_values() -> None:
    read = settings(extra={"in_flight": "16", "connections": 2, "timeout": "7.5", "ciphers": "aes256-ctr, aes128-ctr"})
    assert (read.in_flight, read.connections, read.timeout) == (16, 2, 7.5)
    assert read.ciphers == ("aes256-ctr", "aes128-ctr")
    assert settings(extra={"key_file": "~/.ssh/key"}).key_file == Path.home() / ".ssh/key"


@pytest.mark.parametrize(
    "extra",
    [
        {"no_host_key_check": True},
        {"no_host_key_check": "True"},
        {"ignore_hostkey_verification": "true"},
        {"allow_host_key_change": "true"},
        {"known_hosts": "None"},
    ],
)
def test_the_host_key_check_cannot_be_switched_off(extra: dict[str, Any]) -> None:
    for sandbox, host in ((False, "127.0.0.1"), (True, "drop.example.no"), (True, "127.0.0.1.example.no")):
        with pytest.raises(ConfigurationError, match=r"ecoc_sftp .*host key.*`host_key`"):
            settings(host=host, extra=extra | {"sandbox": sandbox})
    assert not settings(host="127.0.0.1", extra=extra | {"sandbox": "true"}).check_host_key


def test_false_in_any_form_leaves_the_check_on() -> None:
    for word in (False, "false", "False", "", "0", "no"):
        assert settings(extra={"no_host_key_check": word}).check_host_key


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST"])
def test_loopback_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1.nip.io", "localhost.example.no", "10.0.0.1", "0.0.0.0", ""])
def test_everything_else_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ssh-ed25519 AAAAC3 importer@drop", ("ssh-ed25519 AAAAC3",)),
        ("drop.example.no ssh-ed25519 AAAAC3", ("ssh-ed25519 AAAAC3",)),
        ("AAAAB3Nza", ("ssh-rsa AAAAB3Nza",)),
        ("ssh-ed25519 AAAA1\necdsa-sha2-nistp256 AAAA2\n", ("ssh-ed25519 AAAA1", "ecdsa-sha2-nistp256 AAAA2")),
    ],
)
def test_host_keys_are_read_in_openssh_and_provider_form(text: str, keys: tuple[str, ...]) -> None:
    assert settings(extra={"host_key": text}).host_keys == keys


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"host": None}, "no host"),
        ({"host": " "}, "no host"),
        ({"login": None}, "no login"),
        ({"password": None}, "neither a password nor a private key"),
        ({"extra": {"in_flight": "many"}}, "`in_flight`"),
        ({"extra": {"in_flight": 0}}, "`in_flight`"),
        ({"extra": {"in_flight": "nan"}}, "`in_flight`"),
        ({"extra": {"timeout": -1}}, "`timeout`"),
        ({"extra": {"no_host_key_check": "perhaps"}}, "`no_host_key_check`"),
        ({"extra": {"host_key": "ssh-ed25519"}}, "`host_key`"),
        ({"extra": {"host_key": "ssh-dss AAAA"}}, "`host_key`"),
        ({"extra": {"private_key": 7}}, "`private_key`"),
        ({"extra": {"ciphers": [1]}}, "`ciphers`"),
    ],
)
def test_a_wrong_setting_is_one_sentence_naming_connection_and_field(changed: dict[str, Any], part: str) -> None:
    with pytest.raises(ConfigurationError) as wrong:
        settings(**changed)
    assert "ecoc_sftp" in str(wrong.value)
    assert part in str(wrong.value)
    assert "canary" not in str(wrong.value)


def test_secrets_are_never_shown_or_pickled_and_all_their_forms_are_told_for_masking() -> None:
    read = settings(extra={"private_key": PEM.replace("\n", "\\n"), "private_key_passphrase": "canary-phrase"})
    assert "canary" not in repr(read)
    assert "canary" not in f"{read.private_key} {read.private_key!r}"
    with pytest.raises(TypeError):
        pickle.dumps(Hidden("canary"))
    told = set(read.secrets())
    assert told == {
        "canary-pass",
        "canary-phrase",
        PEM + "\n",
        "canaryline0000000001",
        "canaryline0000000002",
        "canaryline0000000001canaryline0000000002",
    }


def test_settings_pass_through_a_pipe_unchanged() -> None:
    settings = DropSettings(
        conn_id="ecoc_sftp",
        host="drop.example.no",
        username="nordbil",
        password=Hidden("p"),
        private_key=Hidden("k"),
        key_file=Path("/keys/id"),
        host_keys=("ssh-ed25519 AAAA",),
        in_flight=7,
    )
    told = json.loads(json.dumps(handed(settings)))
    again = received(told)

    assert (again.password and again.password.value, again.private_key and again.private_key.value) == ("p", "k")
    assert replace(again, password=None, private_key=None) == replace(settings, password=None, private_key=None)
