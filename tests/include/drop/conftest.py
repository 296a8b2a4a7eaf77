"""Real SSH servers on loopback: asyncssh's SFTP server with knobs, and OpenSSH's own where this machine has it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from include.drop.settings import DropSettings, settings_from_connection

OPENSSH = next(
    (
        path
        for path in (
            os.environ.get("SAMSVAR_SFTP_SERVER", ""),
            "/usr/lib/openssh/sftp-server",
            "/usr/libexec/openssh/sftp-server",
            "/usr/lib/ssh/sftp-server",
        )
        if path and shutil.which(path)
    ),
    None,
)
PASSWORD = "canary-password-7f3a"


class Knobs:
    """How the server misbehaves."""

    def __init__(self) -> None:
        self.short_reads = 0
        self.silent_reads = False
        self.overwriting_rename = False
        self.refused: set[bytes] = set()
        self.before_read: Callable[[int], None] = lambda number: None
        self.reads = 0


class _Files(asyncssh.SFTPServer):
    knobs: Knobs

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if path.rsplit(b"/", 1)[-1] in self.knobs.refused:
            raise asyncssh.SFTPPermissionDenied("no")
        return super().open(path, pflags, attrs)

    async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        self.knobs.reads += 1
        self.knobs.before_read(self.knobs.reads)
        if self.knobs.silent_reads:
            await asyncio.sleep(60)
        return super().read(file_obj, offset, min(size, self.knobs.short_reads or size))

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if self.knobs.overwriting_rename:
            Path(os.fsdecode(self.map_path(oldpath))).replace(os.fsdecode(self.map_path(newpath)))
        else:
            super().rename(oldpath, newpath)


class DropServer:
    """A running server over `root`; `settings()` is a connection to it."""

    def __init__(self, root: Path, kind: str) -> None:
        self.root = root
        self.kind = kind
        self.knobs = Knobs()
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.connections: list[asyncssh.SSHServerConnection] = []
        self.sessions: list[_OpenSshSession] = []
        self.ciphers: list[str] | None = None
        self._acceptor: Any = None

    @property
    def port(self) -> int:
        return int(self._acceptor.get_port())

    @property
    def public_key(self) -> str:
        return str(self.host_key.export_public_key().decode()).strip()

    async def start(self) -> None:
        options: dict[str, Any] = {"encoding": None}
        if self.kind == "asyncssh":
            files = type("Files", (_Files,), {"knobs": self.knobs})
            options = {"sftp_factory": lambda chan: files(chan, chroot=os.fsencode(self.root))}
        if self.ciphers:
            options["encryption_algs"] = self.ciphers
        self._acceptor = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=lambda: _Door(self), server_host_keys=[self.host_key], **options
        )

    async def stop(self) -> None:
        self._acceptor.close()
        self.cut()
        await self._acceptor.wait_closed()
        await asyncio.gather(*(session.ended() for session in self.sessions))

    def cut(self) -> None:
        """End every connection without a word."""
        for connection in self.connections:
            connection.abort()

    def settings(self, **changed: Any) -> DropSettings:
        told: dict[str, Any] = {
            "conn_id": "ecoc_sftp",
            "host": "127.0.0.1",
            "port": self.port,
            "login": "nordbil",
            "password": PASSWORD,
        }
        extra = {"host_key": self.public_key, "timeout": 5} | changed.pop("extra", {})
        return settings_from_connection(**(told | changed), extra=extra)

    def put(self, path: str | bytes, content: bytes = b"<a/>") -> Path:
        """Lay a file there through the raw file system, whatever its name."""
        full = os.fsencode(self.root) + b"/" + (path.encode() if isinstance(path, str) else path)
        Path(os.fsdecode(full)).parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(full, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
        os.write(descriptor, content)
        os.close(descriptor)
        return Path(os.fsdecode(full))


class _OpenSshSession(asyncssh.SSHServerSession[bytes]):
    """OpenSSH's own sftp-server behind an SSH session, as sshd would run it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._early = bytearray()
        self._child: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, chan: Any) -> None:
        self._chan = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp"

    def session_started(self) -> None:
        self._task = asyncio.ensure_future(self._serve())

    def data_received(self, data: bytes, datatype: Any) -> None:
        if self._child is None or self._child.stdin is None:
            self._early += data
        else:
            self._child.stdin.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.kill()

    async def ended(self) -> None:
        """The server process is gone and its pipes are closed."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.kill()
        if self._task is not None:
            await self._task

    async def _serve(self) -> None:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(str(OPENSSH), "-d", str(self._root), stdin=pipe, stdout=pipe)
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(bytes(self._early))
        self._child = child
        while data := await child.stdout.read(65_536):
            with suppress(OSError):
                self._chan.write(data)
        child.stdin.close()
        status = await child.wait()
        with suppress(OSError):
            self._chan.exit(status)


class _Door(asyncssh.SSHServer):
    def __init__(self, server: DropServer) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.connections.append(conn)

    def session_requested(self) -> Any:
        if self._server.kind != "openssh":
            return False
        self._server.sessions.append(_OpenSshSession(self._server.root))
        return self._server.sessions[-1]

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return password == PASSWORD

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key == self._server.client_key.convert_to_public()


@pytest.fixture(params=["asyncssh", *(["openssh"] if OPENSSH else [])])
async def server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DropServer]:
    """Every kind of SFTP server this machine can run."""
    running = DropServer(tmp_path / "drop", request.param)
    running.root.mkdir()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def moody(tmp_path: Path) -> AsyncIterator[DropServer]:
    """A server that can be told to misbehave."""
    running = DropServer(tmp_path / "drop", "asyncssh")
    running.root.mkdir()
    await running.start()
    yield running
    await running.stop()
