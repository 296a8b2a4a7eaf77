"""Connecting: the host key is always checked, and each failure is one sentence that holds no secret."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from include.drop.drop import Drop
from include.drop.settings import CIPHERS
from include.errors import AccessDenied, ConfigurationError, SamsvarError, ServiceUnavailable


async def refused(settings: Any, kind: type[SamsvarError]) -> str:
    with pytest.raises(kind) as caught:
        async with Drop(settings):
            pass
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert caught.value.__cause__ is None
    return sentence


async def test_a_pinned_key_in_any_accepted_form_opens_the_drop(moody: Any, tmp_path: Path) -> None:
    kind, body = moody.public_key.split()[:2]
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{moody.port} {kind} {body}\n")
    for extra in (
        {"host_key": f"{kind} {body} importer@drop"},
        {"host_key": f"[127.0.0.1]:{moody.port} {kind} {body}"},
        {"host_key": f"ssh-ed25519 {_other_key()}\n{kind} {body}"},
        {"host_key": None, "known_hosts": str(known)},
    ):
        async with Drop(moody.settings(extra=extra)) as drop:
            assert await drop.stat(b".") is not None


async def test_an_unknown_host_key_says_how_to_pin_it(
    moody: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    sentence = await refused(moody.settings(extra={"host_key": None}), ConfigurationError)
    assert "connection ecoc_sftp" in sentence
    assert "`host_key`" in sentence
    assert moody.host_key.get_fingerprint() in sentence


async def test_a_changed_host_key_is_refused_before_the_password_leaves(moody: Any) -> None:
    sentence = await refused(moody.settings(extra={"host_key": f"ssh-ed25519 {_other_key()}"}), ConfigurationError)
    assert "another host key" in sentence
    assert not moody.connections[0].is_client()
    assert moody.connections[0].get_extra_info("username") is None


async def test_switching_the_check_off_works_for_a_sandbox_on_loopback(moody: Any) -> None:
    extra = {"host_key": None, "no_host_key_check": "true", "sandbox": True}
    async with Drop(moody.settings(extra=extra)) as drop:
        assert await drop.exists(b".")


async def test_a_wrong_password_is_access_denied_without_the_password(moody: Any) -> None:
    sentence = await refused(moody.settings(password="canary-wrong-92c1"), AccessDenied)
    assert "user nordbil" in sentence
    assert "canary" not in sentence


async def test_a_private_key_opens_the_drop_inline_from_a_file_and_with_a_passphrase(
    moody: Any, tmp_path: Path
) -> None:
    plain = moody.client_key.export_private_key("openssh").decode()
    locked = moody.client_key.export_private_key("openssh", passphrase="canary-phrase-5521", rounds=1).decode()
    file = tmp_path / "key"
    file.write_text(plain)
    for extra in (
        {"private_key": plain},
        {"private_key": plain.replace("\n", "\\n")},
        {"private_key": locked, "private_key_passphrase": "canary-phrase-5521"},
        {"key_file": str(file)},
    ):
        async with Drop(moody.settings(password=None, extra=extra)) as drop:
            assert await drop.exists(b".")
    sentence = await refused(
        moody.settings(password=None, extra={"private_key": locked, "private_key_passphrase": "canary-wrong"}),
        ConfigurationError,
    )
    assert "private_key_passphrase" in sentence
    assert "canary" not in sentence


async def test_a_key_the_server_does_not_know_is_access_denied(moody: Any) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh").decode()
    sentence = await refused(moody.settings(password=None, extra={"private_key": stranger}), AccessDenied)
    assert "private key" in sentence


@pytest.mark.parametrize("key", ["canary-no-key", "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n-----END"])
async def test_an_unreadable_private_key_is_one_sentence_without_the_key(moody: Any, key: str) -> None:
    sentence = await refused(moody.settings(password=None, extra={"private_key": key}), ConfigurationError)
    assert "private key of connection ecoc_sftp" in sentence
    assert "canary" not in sentence


async def test_a_missing_key_file_names_the_file(moody: Any) -> None:
    sentence = await refused(moody.settings(password=None, extra={"key_file": "/nowhere/key"}), ConfigurationError)
    assert "/nowhere/key" in sentence


async def test_a_missing_known_hosts_file_names_the_file(moody: Any) -> None:
    sentence = await refused(moody.settings(extra={"host_key": None, "known_hosts": "/nowhere/kh"}), ConfigurationError)
    assert "/nowhere/kh" in sentence


async def test_a_closed_port_is_service_unavailable(moody: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be reached" in await refused(moody.settings(port=port), ServiceUnavailable)


async def test_a_port_that_never_answers_is_given_up(moody: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings = moody.settings(port=deaf.getsockname()[1], extra={"conn_timeout": 0.4, "timeout": 0.4})
        async with asyncio.timeout(4):
            assert "did not answer in time" in await refused(settings, ServiceUnavailable)


async def test_the_fast_cipher_is_used_and_an_older_server_still_works(moody: Any) -> None:
    async with Drop(moody.settings()) as drop:
        assert drop._open[0][0].get_extra_info("recv_cipher") == CIPHERS[0]
    await moody.stop()
    moody.ciphers = ["aes256-ctr"]
    await moody.start()
    async with Drop(moody.settings()) as drop:
        assert drop._open[0][0].get_extra_info("recv_cipher") == "aes256-ctr"
    assert "share no common" in await refused(moody.settings(extra={"ciphers": "aes128-ctr"}), ConfigurationError)


async def test_small_requests_leave_at_once(moody: Any) -> None:
    async with Drop(moody.settings()) as drop:
        channel = drop._open[0][0].get_extra_info("socket")
        assert channel.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_server_without_sftp_is_a_configuration_error(moody: Any) -> None:
    async with asyncssh.listen(
        "127.0.0.1", 0, server_factory=_Open, server_host_keys=[moody.host_key], encoding=None
    ) as acceptor:
        assert "offers no SFTP" in await refused(moody.settings(port=acceptor.get_port()), ConfigurationError)


async def test_nothing_secret_is_logged_at_any_level(moody: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncssh").setLevel(logging.DEBUG)
    try:
        settings = moody.settings(extra={"private_key": moody.client_key.export_private_key("openssh").decode()})
        async with Drop(settings) as drop:
            await drop.exists(b".")
    finally:
        logging.getLogger("asyncssh").setLevel(logging.WARNING)
    for secret in settings.secrets():
        assert secret not in caplog.text


class _Open(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return False


def _other_key() -> str:
    return str(asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().split()[1])
