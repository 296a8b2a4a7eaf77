"""The hook: one connection of type sftp becomes settings, and its secrets are masked from then on."""

from __future__ import annotations

import json
from typing import Any

import asyncssh
import pytest
from airflow.sdk._shared.secrets_masker import SecretsMasker

from include.drop.drop import Drop
from include.errors import ConfigurationError
from samsvar.hooks import masking
from samsvar.hooks.ecoc_drop import EcocDropHook


def connection(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    told: dict[str, Any] = {
        "conn_type": "sftp",
        "host": "drop.example.no",
        "port": 2222,
        "login": "nordbil",
        "password": "canary-password-1",
        "extra": {"host_key": "ssh-ed25519 AAAAC3"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_ECOC_SFTP", json.dumps(told | changed))


@pytest.fixture
def masked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(masking, "mask_secret", found.append)
    return found


def test_the_connection_becomes_settings(monkeypatch: pytest.MonkeyPatch, masked: list[str]) -> None:
    connection(monkeypatch)
    settings = EcocDropHook().settings()
    assert (settings.conn_id, settings.host, settings.port) == ("ecoc_sftp", "drop.example.no", 2222)
    assert settings.host_keys == ("ssh-ed25519 AAAAC3",)
    assert isinstance(EcocDropHook().drop(), Drop)


def test_every_form_of_every_secret_is_masked(monkeypatch: pytest.MonkeyPatch, masked: list[str]) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh").decode()
    connection(monkeypatch, extra={"private_key": key, "private_key_passphrase": "canary-passphrase-2"})
    EcocDropHook().settings()
    body = [line for line in key.splitlines() if "-----" not in line]
    assert {"canary-password-1", "canary-passphrase-2", key, "".join(body), *(b for b in body if len(b) >= 16)} <= set(
        masked
    )


def test_a_masked_key_does_not_survive_in_a_log_line(monkeypatch: pytest.MonkeyPatch) -> None:
    masker = SecretsMasker()
    monkeypatch.setattr(masking, "mask_secret", masker.add_mask)
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh").decode()
    connection(monkeypatch, extra={"private_key": key})
    EcocDropHook().settings()
    line = key.splitlines()[2]
    assert line not in str(masker.redact(f"boom near {line} here"))
    assert "canary" not in str(masker.redact("login with canary-password-1 failed"))


def test_another_connection_id_is_read_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SORBIL_SFTP", json.dumps({"conn_type": "sftp", "host": "h"}))
    with pytest.raises(ConfigurationError, match="sorbil_sftp has no login"):
        EcocDropHook("sorbil_sftp").settings()


@pytest.mark.parametrize("extra", ["{not json: canary", "[1]"])
def test_an_extra_that_is_no_json_object_is_one_sentence(monkeypatch: pytest.MonkeyPatch, extra: str) -> None:
    connection(monkeypatch, extra=extra)
    with pytest.raises(ConfigurationError) as wrong:
        EcocDropHook().settings()
    assert str(wrong.value) == "The extra of connection ecoc_sftp is not a JSON object; correct it."
    assert wrong.value.__cause__ is None


def test_a_missing_connection_says_how_to_make_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ECOC_SFTP", raising=False)
    with pytest.raises(ConfigurationError, match="AIRFLOW_CONN_ECOC_SFTP"):
        EcocDropHook().settings()
