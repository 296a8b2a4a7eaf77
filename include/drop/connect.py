"""Opening the SSH connection to a drop, host key always checked, and every failure as one sentence."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import asyncssh

from include.drop.channel import ChannelLostError, SftpChannel
from include.drop.settings import DropSettings
from include.drop.wire import StatusError
from include.errors import AccessDenied, ConfigurationError, SamsvarError, ServiceUnavailable

RECEIVE_WINDOW = 4 * 1024 * 1024
"""Bytes the server may send ahead; about twice what 64 documents of 31 KB need."""

GOODBYE = 3.0

_FALLBACK_KNOWN_HOSTS = Path("~/.ssh/known_hosts")


async def connect(settings: DropSettings) -> tuple[asyncssh.SSHClientConnection, SftpChannel]:
    """Open one SSH connection with one SFTP session.

    :raises ConfigurationError: unknown or changed host key, unreadable private key, no SFTP there, no common cipher
    :raises AccessDenied: the server does not accept the login
    :raises ServiceUnavailable: the server cannot be reached or ends the connection
    """
    _quiet_library()
    presented = _PresentedKey()
    options = _options(settings)
    try:
        connection = await asyncssh.connect(settings.host, settings.port, client_factory=lambda: presented, **options)
    except Exception as error:
        raise _sentence(settings, error, presented) from None
    try:
        session = SftpChannel(settings.timeout)
        await connection.create_session(lambda: session, subsystem="sftp", encoding=None, window=RECEIVE_WINDOW)
        await session.start()
    except Exception as error:
        connection.abort()
        raise _session_sentence(settings, error) from None
    except BaseException:
        connection.abort()
        raise
    return connection, session


async def disconnect(connection: asyncssh.SSHClientConnection) -> None:
    """Say goodbye, but wait no longer than GOODBYE seconds for a server that has gone."""
    connection.close()
    try:
        await asyncio.wait_for(connection.wait_closed(), GOODBYE)
    except TimeoutError:
        connection.abort()


def where(settings: DropSettings) -> str:
    """The drop as operators know it: `drop.example.no:22 (connection ecoc_sftp)`."""
    return f"{settings.host}:{settings.port} (connection {settings.conn_id})"


class _PresentedKey(asyncssh.SSHClient):
    """Remembers the key a server showed, so that the sentence can name its fingerprint; trusts nothing."""

    def __init__(self) -> None:
        self.fingerprint: str | None = None
        self.algorithm = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        del host, addr, port
        self.fingerprint = key.get_fingerprint()
        self.algorithm = key.get_algorithm()
        return False


def _options(settings: DropSettings) -> dict[str, Any]:
    return {
        "username": settings.username,
        "password": settings.password.value if settings.password else None,
        "client_keys": [_private_key(settings)] if settings.private_key or settings.key_file else None,
        "known_hosts": _known_hosts(settings),
        "encryption_algs": list(settings.ciphers),
        "compression_algs": ["none"],
        "config": None,
        "agent_path": None,
        "x509_trusted_certs": None,
        "gss_host": None,
        "connect_timeout": settings.connect_timeout,
        "login_timeout": settings.timeout,
        "keepalive_interval": 15,
        "keepalive_count_max": 4,
    }


def _private_key(settings: DropSettings) -> asyncssh.SSHKey:
    passphrase = settings.passphrase.value if settings.passphrase else None
    try:
        if settings.private_key:
            return asyncssh.import_private_key(settings.private_key.value, passphrase)
        return asyncssh.read_private_key(str(settings.key_file), passphrase)
    except OSError:
        trouble = f"the file {settings.key_file} cannot be read"
    except asyncssh.KeyEncryptionError:
        trouble = "the passphrase in `private_key_passphrase` does not open it"
    except (asyncssh.KeyImportError, ValueError):
        trouble = (
            "it is encrypted and `private_key_passphrase` is missing, or it is no private key in OpenSSH or PEM form"
        )
    raise ConfigurationError(f"The private key of connection {settings.conn_id} cannot be used: {trouble}.")


def _known_hosts(settings: DropSettings) -> Any:
    """What asyncssh shall trust: the pinned keys, a known_hosts file, or (sandbox on loopback only) anything."""
    if settings.host_keys:
        try:
            return [asyncssh.import_public_key(key) for key in settings.host_keys], [], []
        except asyncssh.KeyImportError:
            raise ConfigurationError(
                f"The extra `host_key` of connection {settings.conn_id} is no public key; it looks like "
                "`ssh-ed25519 AAAA…`."
            ) from None
    if not settings.check_host_key:
        return None
    path = settings.known_hosts or _FALLBACK_KNOWN_HOSTS.expanduser()
    if path.is_file():
        return str(path)
    if settings.known_hosts is not None:
        raise ConfigurationError(
            f"The file {path} named by the extra `known_hosts` of connection {settings.conn_id} is missing; correct "
            "the path or put the server's public key into the extra `host_key`."
        )
    return [], [], []


def _sentence(settings: DropSettings, error: Exception, presented: _PresentedKey) -> SamsvarError:
    place = where(settings)
    if isinstance(error, SamsvarError):
        return error
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return ConfigurationError(_host_key_sentence(settings, presented))
    if isinstance(error, asyncssh.PermissionDenied):
        how = "private key" if settings.private_key or settings.key_file else "password"
        return AccessDenied(
            f"The drop {place} does not accept user {settings.username} with this {how}; check login and {how} of the "
            "connection with the drop's owner."
        )
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return ConfigurationError(
            f"The drop {place} and Samsvar share no common key exchange, host key type or cipher; the server is too "
            "old (SHA-1 only), its pinned `host_key` is of a type it does not offer, or `ciphers` is too narrow."
        )
    if isinstance(error, ValueError | asyncssh.ConfigParseError):
        return ConfigurationError(f"A setting of connection {settings.conn_id} is not usable; check `ciphers`.")
    if isinstance(error, TimeoutError):
        return ServiceUnavailable(f"The drop {place} did not answer in time; check that it is up and reachable.")
    return ServiceUnavailable(f"The drop {place} cannot be reached ({_kind(error)}); check host, port and network.")


def _host_key_sentence(settings: DropSettings, presented: _PresentedKey) -> str:
    shown = f" (it shows {presented.algorithm} {presented.fingerprint})" if presented.fingerprint else ""
    if settings.host_keys:
        return (
            f"The drop {where(settings)} shows another host key than the one in the extra `host_key`{shown}, so "
            "nothing was sent to it; ask its owner whether the key was changed before pinning the new one."
        )
    return (
        f"The host key of the drop {where(settings)} is not known{shown}, so nothing was sent to it; check the "
        "fingerprint with its owner and pin the public key in the extra `host_key`, as `ssh-ed25519 AAAA…`."
    )


def _session_sentence(settings: DropSettings, error: Exception) -> SamsvarError:
    if isinstance(error, asyncssh.ChannelOpenError | StatusError):
        return ConfigurationError(
            f"The drop {where(settings)} accepts the login but offers no SFTP; ask its owner to allow the "
            "sftp subsystem."
        )
    if isinstance(error, ChannelLostError):
        if "speak" in error.reason:
            return ConfigurationError(f"The server at {where(settings)} {error.reason}; check host and port.")
        return ServiceUnavailable(f"The drop {where(settings)} {error.reason} while the SFTP session was opened.")
    return ServiceUnavailable(f"The drop {where(settings)} ended the connection ({_kind(error)}).")


def _kind(error: Exception) -> str:
    """The kind of an error in words that hold nothing of the other side's text."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return type(error).__name__


def _quiet_library() -> None:
    """The library tells every login step at INFO; in a task log that hides what matters."""
    logger = logging.getLogger("asyncssh")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.WARNING)
