"""The few SFTP version 3 messages the drop needs, as bytes (draft-ietf-secsh-filexfer-02, and OpenSSH's PROTOCOL file).

Why not a ready client: names must stay bytes (one badly encoded name may not hide a whole folder), and a request that
costs one dictionary entry instead of a task, a stream read and several log calls is what makes the drop fast.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

INIT, VERSION, OPEN, CLOSE, READ, WRITE, LSTAT = 1, 2, 3, 4, 5, 6, 7
OPENDIR, READDIR, REMOVE, MKDIR, STAT, RENAME = 11, 12, 13, 14, 17, 18
STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED, EXTENDED_REPLY = 101, 102, 103, 104, 105, 200, 201

FX_OK, FX_EOF, FX_NO_SUCH_FILE, FX_PERMISSION_DENIED, FX_FAILURE = 0, 1, 2, 3, 4
FX_CONNECTION_LOST, FX_NO_CONNECTION = 7, 6

OPEN_READ, OPEN_WRITE, OPEN_CREATE, OPEN_TRUNCATE, OPEN_EXCLUSIVE = 0x01, 0x02, 0x08, 0x10, 0x20
POSIX_RENAME = b"posix-rename@openssh.com"
LIMITS = b"limits@openssh.com"

NO_ATTRIBUTES = b"\0\0\0\0"
LARGEST_PACKET = 4 * 1024 * 1024
"""Bytes; a server announcing more than this in one packet is broken or hostile."""

_HAS_SIZE, _HAS_OWNER, _HAS_MODE, _HAS_TIMES, _HAS_EXTENDED = 0x1, 0x2, 0x4, 0x8, 0x80000000
_UINT32 = struct.Struct(">I")
_UINT64 = struct.Struct(">Q")


class StatusError(Exception):
    """The server answered a request with a status other than OK; `code` is its SSH_FX number."""

    def __init__(self, code: int) -> None:
        super().__init__(f"SFTP status {code}")
        self.code = code


class BadMessageError(Exception):
    """The server sent bytes that are no SFTP version 3 message."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the server says about a path: bytes, seconds since 1970 and the POSIX mode (None: not told)."""

    size: int | None
    mode: int | None
    mtime: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a folder listing; `longname` is the `ls -l` line of servers that give no mode."""

    name: bytes
    longname: bytes
    attributes: Attributes


def string(value: bytes) -> bytes:
    """A length-prefixed byte string."""
    return _UINT32.pack(len(value)) + value


def uint32(value: int) -> bytes:
    """Four bytes, big-endian."""
    return _UINT32.pack(value)


def uint64(value: int) -> bytes:
    """Eight bytes, big-endian."""
    return _UINT64.pack(value)


def status_code(body: bytes) -> int:
    """The SSH_FX number of a STATUS reply."""
    return _take_uint32(body, 0)[0]


def handle(body: bytes) -> bytes:
    """The handle of a HANDLE reply."""
    return _take_string(body, 0)[0]


def data(body: bytes) -> bytes:
    """The file content of a DATA reply."""
    return _take_string(body, 0)[0]


def attributes(body: bytes) -> Attributes:
    """The attributes of an ATTRS reply."""
    return _take_attributes(body, 0)[0]


def entries(body: bytes) -> list[Entry]:
    """The names of a NAME reply, as the raw bytes the server sent."""
    count, at = _take_uint32(body, 0)
    found: list[Entry] = []
    for _ in range(count):
        name, at = _take_string(body, at)
        longname, at = _take_string(body, at)
        told, at = _take_attributes(body, at)
        found.append(Entry(name, longname, told))
    return found


def extensions(body: bytes) -> tuple[int, dict[bytes, bytes]]:
    """Protocol version and extensions of a VERSION reply."""
    version, at = _take_uint32(body, 0)
    offered: dict[bytes, bytes] = {}
    while at < len(body):
        name, at = _take_string(body, at)
        offered[name], at = _take_string(body, at)
    return version, offered


def limits(body: bytes) -> tuple[int, int]:
    """Longest read and longest write in bytes (0: not told) of a reply to `limits@openssh.com`."""
    if len(body) < 24:
        raise BadMessageError("limits reply is too short")
    _, read_length, write_length = struct.unpack_from(">QQQ", body)
    return read_length, write_length


def _take_uint32(body: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(body):
        raise BadMessageError("message ends early")
    return _UINT32.unpack_from(body, at)[0], at + 4


def _take_string(body: bytes, at: int) -> tuple[bytes, int]:
    length, at = _take_uint32(body, at)
    if at + length > len(body):
        raise BadMessageError("message ends early")
    return body[at : at + length], at + length


def _take_attributes(body: bytes, at: int) -> tuple[Attributes, int]:
    flags, at = _take_uint32(body, at)
    size = mode = mtime = None
    if flags & _HAS_SIZE:
        high, at = _take_uint32(body, at)
        low, at = _take_uint32(body, at)
        size = high << 32 | low
    if flags & _HAS_OWNER:
        at += 8
    if flags & _HAS_MODE:
        mode, at = _take_uint32(body, at)
    if flags & _HAS_TIMES:
        at += 4
        mtime, at = _take_uint32(body, at)
    if flags & _HAS_EXTENDED:
        count, at = _take_uint32(body, at)
        for _ in range(count * 2):
            _, at = _take_string(body, at)
    return Attributes(size, mode, mtime), at
