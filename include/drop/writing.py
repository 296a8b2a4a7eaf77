"""Writing small files (receipts) in one stroke, and making folders."""

from __future__ import annotations

import stat

from include.drop import wire
from include.drop.channel import SftpChannel
from include.drop.filing import MakeFolders

_MODE = wire.uint32(0x4) + wire.uint32(stat.S_IFREG | 0o644)


async def write(channel: SftpChannel, path: bytes, content: bytes, make_folders: MakeFolders) -> None:
    """Write `<path>.part` and rename it over `path`, so that a reader meets the old file or the new, never half of one.

    :raises StatusError: the server says no
    """
    part = path + b".part"
    handle = await _create(channel, part, path, make_folders)
    try:
        step = channel.write_length
        for at in range(0, len(content), step):
            piece = wire.string(content[at : at + step])
            await channel.ask(wire.WRITE, wire.string(handle) + wire.uint64(at) + piece)
    except BaseException:
        channel.forget(handle)
        raise
    await channel.ask(wire.CLOSE, wire.string(handle))
    await _replace(channel, part, path)


async def make_folders(channel: SftpChannel, path: bytes, known: set[bytes]) -> None:
    """Make a folder with its parents; `known` holds those already seen to be there.

    :raises StatusError: it is not there and cannot be made
    """
    if not path.strip(b"/") or path in known:
        return
    try:
        await channel.ask(wire.MKDIR, wire.string(path) + wire.NO_ATTRIBUTES)
    except wire.StatusError as error:
        if not await _is_folder(channel, path):
            parent = path.rstrip(b"/").rpartition(b"/")[0]
            if error.code == wire.FX_PERMISSION_DENIED or not parent or parent in known:
                raise
            await make_folders(channel, parent, known)
            await _mkdir_or_there(channel, path)
    known.add(path)


async def _mkdir_or_there(channel: SftpChannel, path: bytes) -> None:
    try:
        await channel.ask(wire.MKDIR, wire.string(path) + wire.NO_ATTRIBUTES)
    except wire.StatusError:
        if not await _is_folder(channel, path):
            raise


async def _is_folder(channel: SftpChannel, path: bytes) -> bool:
    """Links are followed here: an owner may well keep the archive on another disk."""
    try:
        told = wire.attributes(await channel.ask(wire.STAT, wire.string(path)))
    except wire.StatusError:
        return False
    return told.mode is None or stat.S_ISDIR(told.mode)


async def _create(channel: SftpChannel, part: bytes, path: bytes, make_folders: MakeFolders) -> bytes:
    """Open a new file for writing; exclusive, so that a planted link is never written through."""
    flags = wire.OPEN_WRITE | wire.OPEN_CREATE | wire.OPEN_EXCLUSIVE
    request = wire.string(part) + wire.uint32(flags) + _MODE
    try:
        return wire.handle(await channel.ask(wire.OPEN, request))
    except wire.StatusError as error:
        if error.code == wire.FX_NO_SUCH_FILE:
            await make_folders(path.rpartition(b"/")[0])
        else:
            await remove(channel, part)
    return wire.handle(await channel.ask(wire.OPEN, request))


async def _replace(channel: SftpChannel, part: bytes, path: bytes) -> None:
    """Rename over an existing file: atomically where the server can, else by removing the old one first."""
    if wire.POSIX_RENAME in channel.extensions:
        await channel.ask(wire.EXTENDED, wire.string(wire.POSIX_RENAME) + wire.string(part) + wire.string(path))
        return
    try:
        await channel.ask(wire.RENAME, wire.string(part) + wire.string(path))
    except wire.StatusError:
        await remove(channel, path)
        await channel.ask(wire.RENAME, wire.string(part) + wire.string(path))


async def remove(channel: SftpChannel, path: bytes) -> None:
    """Delete a file; one that is not there is no error.

    :raises StatusError: the server says no
    """
    try:
        await channel.ask(wire.REMOVE, wire.string(path))
    except wire.StatusError as error:
        if error.code != wire.FX_NO_SUCH_FILE:
            raise
