"""An importer's drop: list it, read it fast, file away, leave receipts.

Reading keeps `in_flight` files under way at once on the level of SFTP requests (lstat, open, read, close). The lstat
comes right before the open: opening a FIFO would block the server, and a link could lead anywhere.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from itertools import count
from types import TracebackType
from typing import TypeVar

import asyncssh

from include.drop import faults, filing, reading, wire, writing
from include.drop.channel import ChannelLostError, SftpChannel
from include.drop.connect import connect, disconnect, where
from include.drop.flight import Budget, Share, in_flight
from include.drop.seen import Seen, kind_of, seen
from include.drop.settings import DropSettings
from include.errors import ConfigurationError, OneDocument, SamsvarError, ServiceUnavailable

_Result = TypeVar("_Result")
_Item = TypeVar("_Item")

READ_AHEAD = 64_000_000
"""Bytes of file content that are being read or wait for the reader."""


class Drop:
    """One open drop, used as `async with Drop(settings) as drop`. Paths are bytes, relative to the login folder.

    Every method raises ServiceUnavailable when the drop goes away, and never a library's own exception.
    """

    def __init__(self, settings: DropSettings) -> None:
        self.settings = settings
        self._open: list[tuple[asyncssh.SSHClientConnection, SftpChannel]] = []
        self._turn = count()
        self._folders: set[bytes] = set()

    async def __aenter__(self) -> Drop:
        try:
            for _ in range(self.settings.connections):
                self._open.append(await connect(self.settings))
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def inbox(self, folder: str) -> list[Seen]:
        """Everything in a folder except `.` and `..`, with the attributes of the name itself (links not followed).

        :raises ConfigurationError: there is no such folder, or it may not be listed
        """
        channel = self._channel()
        try:
            return [seen(entry) for entry in await reading.listing(channel, folder.encode())]
        except wire.StatusError as error:
            why = (
                "may not be listed" if error.code == wire.FX_PERMISSION_DENIED else "does not exist or cannot be listed"
            )
            raise ConfigurationError(
                f"The folder {folder} on {where(self.settings)} {why}; create it, or correct `drop` of the party."
            ) from None
        except (ChannelLostError, wire.BadMessageError) as error:
            raise faults.gone(self.settings, error) from None

    async def stat(self, path: bytes) -> Seen | None:
        """What lies at a path (links not followed), or None."""
        try:
            told = wire.attributes(await self._channel().ask(wire.LSTAT, wire.string(path)))
        except wire.StatusError as error:
            if error.code == wire.FX_NO_SUCH_FILE:
                return None
            raise faults.changing(self.settings, path, "looked at", error) from None
        except (ChannelLostError, wire.BadMessageError) as error:
            raise faults.gone(self.settings, error) from None
        return Seen(path.rsplit(b"/", 1)[-1], told.size or 0, told.mtime or 0, kind_of(told))

    async def exists(self, path: bytes) -> bool:
        """Whether anything lies at a path, a dangling link included."""
        return await self.stat(path) is not None

    async def read(self, path: bytes, *, max_bytes: int) -> bytes:
        """The whole content of a regular file.

        :raises ContentRefused: more than `max_bytes`, or no permission to read it
        :raises NameRefused: it is a link, a folder or a special file at the time of reading
        :raises FileNotFoundError: it has gone
        """
        try:
            return await reading.content(self._channel(), path, max_bytes)
        except wire.StatusError as error:
            raise faults.reading(self.settings, path, error) from None
        except (ChannelLostError, wire.BadMessageError) as error:
            raise faults.gone(self.settings, error) from None

    async def read_many(
        self, paths: Sequence[bytes], *, max_bytes: int | Callable[[bytes], int]
    ) -> AsyncGenerator[tuple[bytes, bytes | SamsvarError | FileNotFoundError]]:
        """Read many files, `in_flight` at once; pairs come as they are ready, not in order.

        What concerns one file is handed out beside its path (OneDocument, FileNotFoundError, or ServiceUnavailable
        for a file the server cannot read just now). At most READ_AHEAD bytes wait in memory. `max_bytes` may depend on
        the path, as `Limits.to_read` does.

        :raises ServiceUnavailable: the drop went away; what was read before has been handed out
        """

        budget = Budget(READ_AHEAD)

        async def one(path: bytes) -> tuple[bytes, bytes | SamsvarError | FileNotFoundError, Share]:
            share = budget.share()
            most = max_bytes(path) if callable(max_bytes) else max_bytes
            try:
                return path, await reading.content(self._channel(), path, most, share.take), share
            except wire.StatusError as error:
                return path, faults.reading(self.settings, path, error), share
            except OneDocument as error:
                return path, error, share

        async with aclosing(self._each(one, paths)) as results:
            async for path, found, share in results:
                yield path, found
                share.give_back()

    async def move(self, source: bytes, target: bytes) -> bool:
        """Rename, never over an existing file. False when the source has gone; doing it twice is the same as once.

        :raises FileExistsError: source and target are both there; nothing was touched
        :raises AccessDenied: no right to rename there
        """
        try:
            return await filing.move(self._channel(), source, target, self._make_folders)
        except (wire.StatusError, ChannelLostError, wire.BadMessageError) as error:
            raise faults.changing(self.settings, source, "moved", error) from None

    async def put_away(self, source: bytes, target: bytes) -> bytes | None:
        """Rename to `target`, or to the first free `target~2`, `~3` …; where it went, or None when the source has gone.

        :raises AccessDenied: no right to rename there
        """
        try:
            return await filing.put_away(self._channel(), source, target, self._make_folders)
        except (wire.StatusError, ChannelLostError, wire.BadMessageError) as error:
            raise faults.changing(self.settings, source, "moved", error) from None

    def move_many(
        self, pairs: Sequence[tuple[bytes, bytes]]
    ) -> AsyncGenerator[tuple[bytes, bool | FileExistsError | SamsvarError]]:
        """`move` for many (source, target), in flight; (source, result) as they are ready.

        :raises ServiceUnavailable: the drop went away
        """

        async def one(pair: tuple[bytes, bytes]) -> tuple[bytes, bool | FileExistsError | SamsvarError]:
            try:
                return pair[0], await filing.move(self._channel(), *pair, self._make_folders)
            except FileExistsError as error:
                return pair[0], error
            except wire.StatusError as error:
                return pair[0], faults.changing(self.settings, pair[0], "moved", error)

        return self._each(one, pairs)

    def put_away_many(
        self, pairs: Sequence[tuple[bytes, bytes]]
    ) -> AsyncGenerator[tuple[bytes, bytes | SamsvarError | None]]:
        """`put_away` for many (source, target), in flight; (source, where it went | None | error) as they are ready.

        :raises ServiceUnavailable: the drop went away
        """

        async def one(pair: tuple[bytes, bytes]) -> tuple[bytes, bytes | SamsvarError | None]:
            try:
                return pair[0], await filing.put_away(self._channel(), *pair, self._make_folders)
            except wire.StatusError as error:
                return pair[0], faults.changing(self.settings, pair[0], "moved", error)

        return self._each(one, pairs)

    async def write(self, path: bytes, content: bytes) -> None:
        """Put a file there in one stroke: `<path>.part`, renamed over `path`. Raises AccessDenied without the right."""
        try:
            await writing.write(self._channel(), path, content, self._make_folders)
        except (wire.StatusError, ChannelLostError, wire.BadMessageError) as error:
            raise faults.changing(self.settings, path, "written", error) from None

    def write_many(self, files: Sequence[tuple[bytes, bytes]]) -> AsyncGenerator[tuple[bytes, SamsvarError | None]]:
        """`write` for many (path, content), in flight; (path, None | error) as they are ready.

        :raises ServiceUnavailable: the drop went away
        """

        async def one(file: tuple[bytes, bytes]) -> tuple[bytes, SamsvarError | None]:
            try:
                await writing.write(self._channel(), *file, self._make_folders)
            except wire.StatusError as error:
                return file[0], faults.changing(self.settings, file[0], "written", error)
            return file[0], None

        return self._each(one, files)

    async def remove(self, path: bytes) -> None:
        """Delete a file; one that is not there is no error. Raises AccessDenied without the right to."""
        try:
            await writing.remove(self._channel(), path)
        except (wire.StatusError, ChannelLostError, wire.BadMessageError) as error:
            raise faults.changing(self.settings, path, "removed", error) from None

    async def make_folders(self, path: bytes | str) -> None:
        """Make a folder and its parents where missing; remembered. Raises AccessDenied without the right to."""
        wanted = path.encode() if isinstance(path, str) else path
        try:
            await self._make_folders(wanted)
        except (wire.StatusError, ChannelLostError, wire.BadMessageError) as error:
            raise faults.changing(self.settings, wanted, "made", error) from None

    async def _make_folders(self, path: bytes) -> None:
        await writing.make_folders(self._channel(), path, self._folders)

    def _channel(self) -> SftpChannel:
        if not self._open:
            raise ServiceUnavailable(f"The drop {where(self.settings)} is not open.")
        return self._open[next(self._turn) % len(self._open)][1]

    async def _each(
        self, one: Callable[[_Item], Awaitable[_Result]], items: Sequence[_Item]
    ) -> AsyncGenerator[_Result]:
        try:
            async with aclosing(in_flight(one, items, self.settings.in_flight)) as results:
                async for result in results:
                    yield result
        except (ChannelLostError, wire.BadMessageError) as error:
            raise faults.gone(self.settings, error) from None

    async def _close(self) -> None:
        opened, self._open = self._open, []
        for connection, _ in opened:
            await disconnect(connection)
