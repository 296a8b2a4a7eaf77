"""Documents inside `.zip` and `.gz`, told apart and refused as the drop does it (a test holds the two side by side).

An archive is a stranger's program for filling our memory: entries, bytes and the ratio are counted before and while it
is unpacked. Nothing is ever written to disk.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator

from include.errors import ContentRefused
from include.ivi.finding import quoted
from include.ivi.reading import MAX_BYTES

MAX_ENTRIES = 1_000
MAX_TOTAL = 64_000_000
MAX_ARCHIVE = 32_000_000
"""Bytes of a whole archive, packed; MAX_TOTAL is unpacked, MAX_BYTES one document."""
MAX_RATIO = 100

_GZIP_WRAPPER = 31
_CENTRAL_ENTRY, _PACKED = b"PK\x01\x02", (b"PK\x03\x04", b"\x1f\x8b")
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LITTER = (".ds_store", "thumbs.db", "desktop.ini")
_COMPANIONS = (".json", "manifest.csv")

Unpacked = tuple[str, "bytes | ContentRefused"]
"""The name of a document inside an archive, and its bytes or why it cannot be taken."""


def _refused(rule: str, sentence: str) -> ContentRefused:
    return ContentRefused(sentence, rule_id=f"archive.{rule}")


def gunzipped(content: bytes) -> bytes:
    """The one document of a `.gz`. Raises ContentRefused (`archive.…`) where it is broken, too large or several."""
    unpacker = zlib.decompressobj(_GZIP_WRAPPER)
    try:
        found = unpacker.decompress(content, MAX_BYTES + 1)
    except zlib.error:
        raise _refused("broken", "The file is no gzip file, or a damaged one: pack it again.") from None
    if len(found) > MAX_BYTES or len(found) > MAX_RATIO * len(content):
        raise _too_large()
    if not unpacker.eof:
        raise _refused("broken", "The file ends in the middle: pack it again.")
    if unpacker.unused_data.strip(b"\0"):
        raise _refused("several", "The file holds more than one packed file: pack one document per .gz, or a .zip.")
    if found.startswith(_PACKED):
        raise _nested()
    return found


def unzipped(content: bytes) -> Iterator[Unpacked]:
    """Every document of a `.zip`, one after the other; sidecars, the manifest and litter of file managers are left out.

    Raises ContentRefused (`archive.…`) where nothing in the archive can be trusted.
    """
    if content.count(_CENTRAL_ENTRY) > MAX_ENTRIES:
        raise _refused("entries", f"The archive holds more than {MAX_ENTRIES} files: split it into smaller archives.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise _refused("broken", "The file is no zip file, or a damaged one: pack it again.") from None
    with archive:
        entries = [entry for entry in archive.infolist() if not _is_litter(entry.orig_filename)]
        if not entries:
            raise _refused("empty", "The archive holds no document: pack the .xml files.")
        if sum(entry.file_size for entry in entries) > MAX_TOTAL:
            raise _refused("total", f"The archive unpacks to more than {MAX_TOTAL:,} bytes: split it.")
        times = Counter(entry.orig_filename.casefold() for entry in entries)
        for entry in entries:
            try:
                _refuse_entry(entry, times)
                if not entry.orig_filename.lower().endswith(_COMPANIONS):
                    yield entry.orig_filename, _unpack(archive, entry)
            except ContentRefused as refusal:
                yield entry.orig_filename, refusal


def _refuse_entry(entry: zipfile.ZipInfo, times: Counter[str]) -> None:
    """Everything that can be told without unpacking. Raises ContentRefused."""
    name, mode = entry.orig_filename, entry.external_attr >> 16
    shown = quoted(name)
    if entry.is_dir() or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
        raise ContentRefused(
            f"{shown} is a folder, link or special file: pack the documents themselves, without folders.",
            rule_id="name.not_a_file",
        )
    if "/" in name or "\\" in name:
        raise ContentRefused(
            f"The file name {shown} holds parts of a path: pack the documents without folders.", rule_id="name.path"
        )
    if not name.isprintable():
        raise ContentRefused(
            f"The file name {shown} holds control or invisible characters: rename the file.", rule_id="name.control"
        )
    if times[name.casefold()] > 1:
        raise _refused("twice", f"{shown} is in the archive more than once: keep the right one.")
    if entry.flag_bits & _ENCRYPTED:
        raise _refused("encrypted", f"{shown} is encrypted: pack it without a password.")
    if name.lower().endswith((".zip", ".gz")):
        raise _nested()
    if not name.lower().endswith((".xml", *_COMPANIONS)):
        raise _refused("not_a_document", f"{shown} is no document: pack .xml files and their companions only.")
    if entry.compress_type not in _METHODS:
        raise _refused("method", f"{shown} is packed with an unusual method: use Deflate.")
    if entry.file_size > MAX_BYTES or entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _too_large()


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry, whatever sizes it declares. Raises ContentRefused."""
    try:
        with archive.open(entry) as packed:
            found = packed.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError):
        found = b""
    if len(found) != entry.file_size:
        raise _refused("broken", "The document is damaged, or not as large as the archive says: pack it again.")
    if found.startswith(_PACKED):
        raise _nested()
    return found


def _is_litter(name: str) -> bool:
    lowered = name.lower()
    return lowered.startswith("__macosx/") or lowered.rpartition("/")[2] in _LITTER


def _too_large() -> ContentRefused:
    return _refused(
        "too_large",
        f"The document unpacks to more than {MAX_BYTES:,} bytes or {MAX_RATIO} times its packed size: look for a "
        "mistake in the export.",
    )


def _nested() -> ContentRefused:
    return _refused("nested", "The document is an archive in an archive: pack the documents themselves.")
