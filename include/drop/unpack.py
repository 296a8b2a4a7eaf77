"""From a dropped file to the documents in it: plain XML, `.xml.gz`, or a flat `.zip`.

An archive is a stranger's program for filling our memory, so everything is counted: entries, bytes of each, bytes of
all, and the ratio. What concerns one member refuses that member only; the whole archive is refused where nothing in it
can be trusted.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass

from include.drop.names import display_name, is_document, is_manifest, is_sidecar, match_key, megabytes, refuse_name
from include.errors import ContentRefused, NameRefused

_GZIP_WRAPPER = 31
_ENCRYPTED = 0x1
_CENTRAL_ENTRY, _ZIP_START, _GZIP_START = b"PK\x01\x02", b"PK\x03\x04", b"\x1f\x8b"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LITTER = (".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a file may hold. `max_bytes` is for one document, `max_total` for all of an archive; both in bytes.

    `max_archive` is the size of the packed file, the `max_bytes` to read it with; `max_ratio` is unpacked / packed.
    """

    max_bytes: int = 2_000_000
    max_entries: int = 1_000
    max_total: int = 64_000_000
    max_archive: int = 32_000_000
    max_ratio: int = 100

    def to_read(self, name: bytes) -> int:
        """The most bytes to read of a file of this name."""
        return self.max_archive if name.lower().endswith(b".zip") else self.max_bytes


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a dropped file, or why it is none. `name` is its name inside a zip, None for the file itself."""

    name: str | None
    content: bytes | ContentRefused | NameRefused


def members(name: bytes, content: bytes, limits: Limits) -> list[Member]:
    """Every document in a file; a zip may also hold sidecars and a manifest, told apart by their names.

    :raises ContentRefused: the archive as a whole: broken, no documents, too many entries, too many bytes
    """
    lowered = name.lower()
    if lowered.endswith(b".zip"):
        return _zip_members(display_name(name), content, limits)
    try:
        found = _gunzip(display_name(name), content, limits) if lowered.endswith(b".gz") else content
        if not found:
            raise ContentRefused(f"{display_name(name)} is empty: drop the whole document.", rule_id="content.empty")
    except ContentRefused as refusal:
        return [Member(None, refusal)]
    return [Member(None, found)]


def is_whole_container(name: bytes, content: bytes) -> bool:
    """Whether a `.gz` or `.zip` has arrived to its end; what is no archive counts as whole, to be refused."""
    if name.lower().endswith(b".zip"):
        return not content.startswith(_ZIP_START) or zipfile.is_zipfile(io.BytesIO(content))
    if not name.lower().endswith(b".gz") or not content.startswith(_GZIP_START):
        return bool(content)
    unpacker, rest = zlib.decompressobj(_GZIP_WRAPPER), content
    try:
        while rest and not unpacker.eof:
            unpacker.decompress(rest, 1_000_000)
            rest = unpacker.unconsumed_tail
    except zlib.error:
        return True
    return unpacker.eof


def _gunzip(shown: str, content: bytes, limits: Limits) -> bytes:
    """The one member of a gzip file.

    :raises ContentRefused: broken, cut short, several members, or more than the limits allow
    """
    unpacker = zlib.decompressobj(_GZIP_WRAPPER)
    try:
        found = unpacker.decompress(content, limits.max_bytes + 1)
    except zlib.error:
        raise ContentRefused(
            f"{shown} is no gzip file, or a damaged one: pack it again.", rule_id="archive.broken"
        ) from None
    if len(found) > limits.max_bytes or len(found) > limits.max_ratio * len(content):
        raise _too_much(shown, limits)
    if not unpacker.eof:
        raise ContentRefused(f"{shown} ends in the middle: pack and drop it again.", rule_id="archive.broken")
    if unpacker.unused_data.strip(b"\0"):
        raise ContentRefused(
            f"{shown} holds more than one packed file: drop one document per .gz, or a .zip.", rule_id="archive.several"
        )
    if found.startswith((_ZIP_START, _GZIP_START)):
        raise _nested(shown)
    return found


def _zip_members(shown: str, content: bytes, limits: Limits) -> list[Member]:
    if content.count(_CENTRAL_ENTRY) > limits.max_entries:
        raise ContentRefused(
            f"{shown} holds more than {limits.max_entries} files: split it into smaller archives.",
            rule_id="archive.entries",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise ContentRefused(
            f"{shown} is no zip file, or a damaged one: pack it again.", rule_id="archive.broken"
        ) from None
    with archive:
        entries = [entry for entry in archive.infolist() if not _is_litter(entry.orig_filename)]
        if not entries:
            raise ContentRefused(
                f"{shown} holds no document: pack the .xml files and drop it again.", rule_id="archive.empty"
            )
        if sum(entry.file_size for entry in entries) > limits.max_total:
            raise ContentRefused(
                f"{shown} unpacks to more than {megabytes(limits.max_total)}: split it into smaller archives.",
                rule_id="archive.total",
            )
        names = Counter(match_key(_name_bytes(entry)) for entry in entries)
        return [_member(shown, archive, entry, names, limits) for entry in entries]


def _member(
    shown: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, names: Counter[str], limits: Limits
) -> Member:
    inside = display_name(_name_bytes(entry))
    place = f"{inside} in {shown}"
    try:
        _refuse_entry(place, entry, names, limits)
        return Member(entry.orig_filename, _unpack(place, archive, entry, limits))
    except (ContentRefused, NameRefused) as refusal:
        return Member(inside, refusal)


def _refuse_entry(place: str, entry: zipfile.ZipInfo, names: Counter[str], limits: Limits) -> None:
    """Everything that can be told without unpacking.

    :raises NameRefused: path parts, control characters, a folder, a link
    :raises ContentRefused: encrypted, nested, twice the same name, no document, too large, unknown method
    """
    name = _name_bytes(entry)
    mode = entry.external_attr >> 16
    if entry.is_dir() or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
        raise NameRefused(
            f"{place} is a folder, link or special file: pack the documents themselves, without folders.",
            rule_id="name.not_a_file",
        )
    refuse_name(name)
    if names[match_key(name)] > 1:
        raise ContentRefused(f"{place} is there more than once: keep the right one.", rule_id="archive.twice")
    if entry.flag_bits & _ENCRYPTED:
        raise ContentRefused(f"{place} is encrypted: pack it without a password.", rule_id="archive.encrypted")
    if name.lower().endswith((b".zip", b".gz")):
        raise _nested(place)
    if not (is_document(name) or is_sidecar(name) or is_manifest(name)):
        raise ContentRefused(
            f"{place} is no document: pack .xml files, their .json sidecars and manifest.csv only.",
            rule_id="archive.not_a_document",
        )
    if entry.compress_type not in _METHODS:
        raise ContentRefused(f"{place} is packed with an unusual method: use Deflate.", rule_id="archive.method")
    if entry.file_size > limits.max_bytes or entry.file_size > limits.max_ratio * max(entry.compress_size, 1):
        raise _too_much(place, limits)


def _unpack(place: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bytes:
    """The bytes of one entry, whatever sizes it declares.

    :raises ContentRefused: damaged, lying about its size, empty, or a packed file under another name
    """
    try:
        with archive.open(entry) as packed:
            found = packed.read(limits.max_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError):
        raise ContentRefused(
            f"{place} is damaged, or not as large as it says: pack it again.", rule_id="archive.broken"
        ) from None
    if len(found) > limits.max_bytes:
        raise _too_much(place, limits)
    if len(found) != entry.file_size:
        raise ContentRefused(f"{place} is not as large as it says: pack it again.", rule_id="archive.broken")
    if not found:
        raise ContentRefused(f"{place} is empty: pack the whole document.", rule_id="content.empty")
    if found.startswith((_ZIP_START, _GZIP_START)):
        raise _nested(place)
    return found


def _name_bytes(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8", "surrogateescape")


def _is_litter(name: str) -> bool:
    """Files that Finder and Explorer add by themselves; no sender ever means them."""
    lowered = name.lower()
    return lowered.startswith("__macosx/") or lowered.rpartition("/")[2] in _LITTER


def _too_much(place: str, limits: Limits) -> ContentRefused:
    return ContentRefused(
        f"{place} unpacks to more than {megabytes(limits.max_bytes)} or {limits.max_ratio} times its packed size: look "
        "for a mistake in the export, or agree on a higher limit with us.",
        rule_id="archive.too_large",
    )


def _nested(place: str) -> ContentRefused:
    return ContentRefused(
        f"{place} is an archive in an archive: pack the documents themselves.", rule_id="archive.nested"
    )
