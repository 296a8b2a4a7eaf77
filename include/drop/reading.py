"""Listing folders and reading files of a drop, request by request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from include.drop import faults, wire
from include.drop.channel import SftpChannel
from include.drop.seen import kind_of


async def listing(channel: SftpChannel, folder: bytes) -> list[wire.Entry]:
    """Every entry of a folder but `.` and `..`, names as raw bytes."""
    handle = wire.handle(await channel.ask(wire.OPENDIR, wire.string(folder or b".")))
    found: list[wire.Entry] = []
    try:
        while True:
            found += wire.entries(await channel.ask(wire.READDIR, wire.string(handle)))
    except wire.StatusError as error:
        if error.code != wire.FX_EOF:
            raise
    finally:
        channel.forget(handle)
    return [entry for entry in found if entry.name not in (b".", b"..")]


Admit = Callable[[int], Awaitable[None]]


async def _at_once(_size: int) -> None:
    return None


async def content(channel: SftpChannel, path: bytes, max_bytes: int, admit: Admit = _at_once) -> bytes:
    """The bytes of a regular file, up to its end as it is now. `admit` is awaited with its size before it is opened.

    :raises NameRefused: not a regular file
    :raises ContentRefused: more than `max_bytes`
    :raises StatusError: the server says no
    """
    told = wire.attributes(await channel.ask(wire.LSTAT, wire.string(path)))
    kind = kind_of(told)
    if kind != "file":
        raise faults.not_a_file(path, kind)
    if told.size is not None and told.size > max_bytes:
        raise faults.too_large(path, max_bytes)
    await admit(max_bytes if told.size is None else told.size)
    request = wire.string(path) + wire.uint32(wire.OPEN_READ) + wire.NO_ATTRIBUTES
    handle = wire.handle(await channel.ask(wire.OPEN, request))
    try:
        return await _to_the_end(channel, path, handle, told.size, max_bytes)
    finally:
        channel.forget(handle)


async def _to_the_end(channel: SftpChannel, path: bytes, handle: bytes, size: int | None, max_bytes: int) -> bytes:
    """Read until the end of the file; one byte more than allowed is enough to refuse it.

    A short answer is the end only where the size agrees: servers may cap an answer well below what was asked for.
    """
    parts: list[bytes] = []
    have = 0
    while True:
        wanted = min(channel.read_length, max_bytes + 1 - have)
        try:
            part = wire.data(
                await channel.ask(wire.READ, wire.string(handle) + wire.uint64(have) + wire.uint32(wanted))
            )
        except wire.StatusError as error:
            if error.code != wire.FX_EOF:
                raise
            break
        if not part:
            break
        parts.append(part)
        have += len(part)
        if have > max_bytes:
            raise faults.too_large(path, max_bytes)
        if have == size and len(part) < wanted:
            break
    return parts[0] if len(parts) == 1 else b"".join(parts)
