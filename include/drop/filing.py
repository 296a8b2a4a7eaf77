"""Renaming without ever overwriting, in the one form every SFTP server has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from include.drop import wire
from include.drop.channel import SftpChannel
from include.drop.names import display_name, numbered

MakeFolders = Callable[[bytes], Awaitable[None]]

_MOST_TWINS = 1_000


async def move(channel: SftpChannel, source: bytes, target: bytes, make_folders: MakeFolders) -> bool:
    """Rename `source` to `target`; False when there is no source (any more).

    Plain SFTP version 3 rename shall refuse an existing target, and OpenSSH's does (link, then unlink); servers that
    overwrite all the same exist, hence the look before it.

    :raises FileExistsError: both are there
    """
    if await _there(channel, target):
        if await _there(channel, source):
            raise FileExistsError(display_name(target))
        return False
    request = wire.string(source) + wire.string(target)
    try:
        await channel.ask(wire.RENAME, request)
    except wire.StatusError as error:
        if not await _there(channel, source):
            return False
        if await _there(channel, target):
            raise FileExistsError(display_name(target)) from None
        if error.code not in (wire.FX_NO_SUCH_FILE, wire.FX_FAILURE):
            raise
        await make_folders(target.rpartition(b"/")[0])
        await channel.ask(wire.RENAME, request)
    return True


async def put_away(channel: SftpChannel, source: bytes, target: bytes, make_folders: MakeFolders) -> bytes | None:
    """Rename to `target` or, where that is taken, to the first free numbered twin; None when there is no source."""
    for number in range(1, _MOST_TWINS):
        candidate = target if number == 1 else numbered(target, number)
        try:
            return candidate if await move(channel, source, candidate, make_folders) else None
        except FileExistsError:
            continue
    raise wire.StatusError(wire.FX_FAILURE)


async def _there(channel: SftpChannel, path: bytes) -> bool:
    try:
        await channel.ask(wire.LSTAT, wire.string(path))
    except wire.StatusError as error:
        if error.code == wire.FX_NO_SUCH_FILE:
            return False
        raise
    return True
