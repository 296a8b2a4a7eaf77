"""The SFTP drop as a loopback server: real folders under the sandbox's home, names as the bytes they are."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh

from .faults import FaultKind, FaultPlan, Latency
from .keys import KeyRing
from .knobs import Knobs
from .private_files import write_private
from .serving import port_taken, require_loopback

USERNAME = "samsvar"
_NO_FAULTS = FaultPlan()
_NO_LATENCY = Latency()


class DropService:
    """One user, one password, one host key, all kept in the sandbox's home. The tree under `root` is all it serves."""

    def __init__(self, root: Path, keys: KeyRing, seed: int, knobs: Knobs) -> None:
        self.root = root
        self.port = 0
        self.opened = 0
        self.counts: Counter[str] = Counter()
        self.password = keys.password("drop")
        self._host_key = _host_key(keys.file("ssh_host_ed25519"))
        self._seed = seed
        self._knobs = knobs
        self._server: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()

    @property
    def host_key(self) -> str:
        """The public host key as `ssh-ed25519 AAAA…`, the form of the SFTP provider's `host_key`."""
        return " ".join(self._host_key.export_public_key("openssh").decode("ascii").split()[:2])

    async def start(self, host: str, port: int) -> None:
        """Binds; port 0 takes a free one."""
        require_loopback(host)
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            self._server = await asyncssh.listen(
                host,
                port,
                server_host_keys=[self._host_key],
                server_factory=lambda: _Door(self),
                sftp_factory=lambda channel: _Tree(channel, self),
                allow_scp=False,
                login_timeout=20,
            )
        except OSError as error:
            raise port_taken(port) from error
        self.port = self._server.get_port()

    async def stop(self) -> None:
        """Closes the port and every open connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._connections):
            connection.abort()
        await self._server.wait_closed()
        self._server = None

    def joined(self, connection: asyncssh.SSHServerConnection) -> None:
        """Called by the door."""
        self._connections.add(connection)

    def left(self, connection: asyncssh.SSHServerConnection) -> None:
        """Called by the door."""
        self._connections.discard(connection)

    def next_open(self) -> tuple[FaultKind | None, float]:
        """Fault and latency (seconds) of the next file that is opened."""
        self.opened += 1
        plan = self._knobs.faults.get("sftp", _NO_FAULTS)
        latency = self._knobs.latency.get("sftp", _NO_LATENCY)
        fault = plan.choose(self._seed, "sftp", self.opened)
        if fault is not None:
            self.counts[fault] += 1
        return fault, latency.draw(self._seed, "sftp", self.opened)


class _Door(asyncssh.SSHServer):
    """Lets the one user in."""

    def __init__(self, service: DropService) -> None:
        self._service = service
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._service.joined(conn)

    def connection_lost(self, _: Exception | None) -> None:
        if self._connection is not None:
            self._service.left(self._connection)

    def begin_auth(self, _: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        known = hmac.compare_digest(password.encode(), self._service.password.encode())
        return known and username == USERNAME


class _Tree(asyncssh.SFTPServer):
    """Serves the drop's folders and nothing outside them, and never blocks the sandbox's one loop on a FIFO."""

    def __init__(self, channel: Any, service: DropService) -> None:
        super().__init__(channel, chroot=os.fsencode(service.root))
        self._service = service
        self._root = os.path.realpath(os.fsencode(service.root))
        self._inside: dict[bytes, tuple[int, int]] = {}
        channel.write = _Together(channel.write)

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        """Opens one regular file. Any fault but a slow one drops the connection, as a lost network would."""
        self._regular_and_inside(path)
        fault, seconds = self._service.next_open()
        if fault is None and not seconds:
            return super().open(path, pflags, attrs)
        return self._open_later(path, pflags, attrs, fault, seconds)

    async def _open_later(
        self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs, fault: FaultKind | None, seconds: float
    ) -> Any:
        await asyncio.sleep(seconds)
        if fault is not None:
            self.connection.abort()
            raise asyncssh.SFTPConnectionLost("The sandbox dropped this connection on purpose")
        return super().open(path, pflags, attrs)

    def _regular_and_inside(self, path: bytes) -> None:
        mapped = self.map_path(path)
        try:
            mode = os.lstat(mapped).st_mode
        except FileNotFoundError:
            mode = stat.S_IFREG
        if stat.S_ISLNK(mode):
            self._leads_inside(mapped)
            try:
                mode = os.stat(mapped).st_mode  # noqa: PTH116 - bytes as the server maps them
            except FileNotFoundError:
                return
        else:
            self._folder_inside(os.path.dirname(mapped))  # noqa: PTH120 - bytes as the server maps them
        if not stat.S_ISREG(mode):
            raise asyncssh.SFTPFailure("Not a regular file")

    def _folder_inside(self, folder: bytes) -> None:
        """Asks for the whole way only once per folder, or when another folder stands under that name."""
        try:
            found = os.stat(folder)  # noqa: PTH116 - bytes as the server maps them
        except FileNotFoundError:
            return
        if self._inside.get(folder) != (found.st_dev, found.st_ino):
            self._leads_inside(folder)
            self._inside[folder] = (found.st_dev, found.st_ino)

    def _leads_inside(self, path: bytes) -> None:
        if os.path.commonpath([os.path.realpath(path), self._root]) != self._root:
            raise asyncssh.SFTPPermissionDenied("The link leads out of the drop")


class _Together:
    """Replies of one turn of the loop leave as one SSH packet, as the pipe between OpenSSH's two processes does it."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._waiting: list[bytes] = []

    def __call__(self, data: bytes, _datatype: asyncssh.DataType = None) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(data)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        with contextlib.suppress(OSError):  # the client has gone
            self._write(b"".join(waiting))


def _host_key(path: Path) -> asyncssh.SSHKey:
    if not path.exists():
        write_private(path, asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh"))
    return asyncssh.read_private_key(str(path))
