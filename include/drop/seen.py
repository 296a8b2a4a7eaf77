"""What a listing of the drop tells about one name."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import Literal

from include.drop import wire

Kind = Literal["file", "link", "other", "folder"]

_KIND_OF_LETTER: dict[bytes, Kind] = {b"-": "file", b"l": "link", b"d": "folder"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One name in a folder of the drop, as the server lists it; links are not followed.

    `name` is the raw bytes (no path), `size` in bytes, `mtime` in whole seconds since 1970.
    """

    name: bytes
    size: int
    mtime: int
    kind: Kind


def seen(entry: wire.Entry) -> Seen:
    """A listing entry in our words; what the server does not tell counts as 0 or "other"."""
    told = entry.attributes
    return Seen(entry.name, told.size or 0, told.mtime or 0, kind_of(told, entry.longname))


def kind_of(told: wire.Attributes, longname: bytes = b"") -> Kind:
    """The kind by POSIX mode, or by the `ls -l` letter of servers that give no file type in the mode."""
    if told.mode is None or not stat.S_IFMT(told.mode):
        return _KIND_OF_LETTER.get(longname[:1], "other")
    if stat.S_ISREG(told.mode):
        return "file"
    if stat.S_ISLNK(told.mode):
        return "link"
    return "folder" if stat.S_ISDIR(told.mode) else "other"
