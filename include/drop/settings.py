"""Settings of the drop, read from an Airflow connection of type `sftp` without knowing Airflow."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.errors import ConfigurationError

CIPHERS = (
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
)
"""In order of preference. AES-128-GCM reads 1.7 times as fast as the usual first choice; the rest fit any server."""

_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off", "", "none"}


class Hidden:
    """A secret whose repr and str show nothing; `value` is the secret."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSettings:
    """How to reach a drop and how hard to work it.

    `timeout` (seconds) is the longest silence of the server while an answer is due. `in_flight` files are read at once,
    spread over `connections` SSH connections. `host_keys` are OpenSSH public keys that replace `known_hosts`.
    """

    conn_id: str
    host: str
    port: int = 22
    username: str
    password: Hidden | None = None
    private_key: Hidden | None = None
    key_file: Path | None = None
    passphrase: Hidden | None = None
    host_keys: tuple[str, ...] = ()
    known_hosts: Path | None = None
    check_host_key: bool = True
    ciphers: tuple[str, ...] = CIPHERS
    connections: int = 1
    in_flight: int = 64
    connect_timeout: float = 10.0
    timeout: float = 30.0

    def secrets(self) -> Iterator[str]:
        """Every form of every secret that a log could show: password, passphrase, PEM whole, by line and joined."""
        for hidden in (self.password, self.passphrase, self.private_key):
            if hidden is not None:
                yield hidden.value
        if self.private_key is not None:
            body = [line.strip() for line in self.private_key.value.splitlines() if line and "-----" not in line]
            yield from (line for line in body if len(line) >= 16)
            yield "".join(body)


# longer because every field of the connection is named once, in one place
def settings_from_connection(
    *,
    conn_id: str,
    host: str | None,
    port: int | None,
    login: str | None,
    password: str | None,
    extra: Mapping[str, Any],
) -> DropSettings:
    """Read a connection with the extras of the SFTP provider (`key_file`, `private_key`, `private_key_passphrase`,
    `host_key`, `known_hosts`, `no_host_key_check`, `ciphers`, `conn_timeout`) and our own: `connections`, `in_flight`,
    `timeout`, `sandbox`.

    :raises ConfigurationError: naming the connection id and the field
    """
    reader = _Extra(conn_id, extra)
    host = _required(conn_id, "host", host, "the name of the SFTP server")
    login = _required(conn_id, "login", login, "the user of the SFTP server")
    private_key = reader.text("private_key")
    key_file = reader.text("key_file")
    if not password and not private_key and not key_file:
        raise ConfigurationError(
            f"Connection {conn_id} has neither a password nor a private key; fill in the password, or the extra "
            "`private_key` or `key_file`."
        )
    known_hosts = reader.text("known_hosts")
    return DropSettings(
        conn_id=conn_id,
        host=host,
        port=port or 22,
        username=login,
        password=Hidden(password) if password else None,
        private_key=Hidden(private_key.replace("\\n", "\n").strip() + "\n") if private_key else None,
        key_file=Path(key_file).expanduser() if key_file else None,
        passphrase=reader.hidden("private_key_passphrase") or reader.hidden("passphrase"),
        host_keys=_host_keys(conn_id, reader.text("host_key")),
        known_hosts=Path(known_hosts).expanduser() if known_hosts and known_hosts.lower() != "none" else None,
        check_host_key=_check_host_key(reader, host, known_hosts),
        ciphers=reader.words("ciphers") or CIPHERS,
        connections=int(reader.number("connections", 1, 1, 16)),
        in_flight=int(reader.number("in_flight", 64, 1, 512)),
        connect_timeout=reader.number("conn_timeout", 10, 0.1, 600),
        timeout=reader.number("timeout", 30, 0.1, 3600),
    )


def _required(conn_id: str, field: str, value: str | None, what: str) -> str:
    if not value or not value.strip():
        raise ConfigurationError(f"Connection {conn_id} has no {field}; fill in {what}.")
    return value.strip()


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_host_key(reader: _Extra, host: str, known_hosts: str | None) -> bool:
    unsafe = [
        name
        for name in ("no_host_key_check", "ignore_hostkey_verification", "allow_host_key_change")
        if reader.flag(name)
    ]
    if (known_hosts or "").lower() == "none":
        unsafe.append("known_hosts")
    if not unsafe:
        return True
    if is_loopback(host) and reader.flag("sandbox"):
        return False
    raise ConfigurationError(
        f"Connection {reader.conn_id} switches host key checking off with the extra `{unsafe[0]}`, which would let "
        "anyone pose as the drop; remove it and put the server's public key into the extra `host_key`."
    )


def _host_keys(conn_id: str, text: str | None) -> tuple[str, ...]:
    """The keys of the extra `host_key`, one a line: `ssh-ed25519 AAAA…`, a line of known_hosts, or base64 (RSA)."""
    keys: list[str] = []
    for line in (text or "").replace("\\n", "\n").splitlines():
        words = line.split()
        if not words:
            continue
        at = next((i for i, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-", "sk-"))), None)
        if at is None and len(words) == 1:
            keys.append(f"ssh-rsa {words[0]}")
        elif at is not None and len(words) > at + 1 and words[at] != "ssh-dss":
            keys.append(f"{words[at]} {words[at + 1]}")
        else:
            raise ConfigurationError(
                f"The extra `host_key` of connection {conn_id} is no public key; it looks like `ssh-ed25519 AAAA…`."
            )
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class _Extra:
    """The extra of a connection, whose values may be typed (JSON) or text (the form)."""

    conn_id: str
    values: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.wrong(name, "must be text")
        return value

    def hidden(self, name: str) -> Hidden | None:
        value = self.text(name)
        return Hidden(value) if value else None

    def flag(self, name: str) -> bool:
        word = str(self.values.get(name, "")).strip().lower()
        if word not in _TRUE | _FALSE:
            raise self.wrong(name, "must be true or false")
        return word in _TRUE

    def number(self, name: str, default: float, least: float, most: float) -> float:
        value = self.values.get(name)
        if value is None or value == "":
            return float(default)
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise self.wrong(name, "must be a number") from None
        if not least <= number <= most:
            raise self.wrong(name, f"must lie between {least:g} and {most:g}")
        return number

    def words(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name) or ()
        if isinstance(value, str):
            value = value.replace(",", " ").split()
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            raise self.wrong(name, "must be a list of names")
        return tuple(value)

    def wrong(self, name: str, what: str) -> ConfigurationError:
        return ConfigurationError(f"The extra `{name}` of connection {self.conn_id} {what}.")
