"""File names of strangers: which are welcome, and how to show, store and compare them safely.

A name is bytes, since that is all SFTP promises. Ordinary names (spaces, æøå, parentheses, any case) are welcome;
refused are path parts, control and invisible characters and bad UTF-8. Nothing here ever becomes a local path.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from include.errors import NameRefused

_LONGEST_SAFE = 80
_LONGEST_SHOWN = 300
_UNFINISHED = (b".part", b".tmp", b".filepart")
_DOCUMENT = (b".xml", b".xml.gz", b".zip")
_NORDIC = str.maketrans(
    {"æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ß": "ss", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "þ": "th", "ð": "d"}
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def join(folder: str, name: bytes) -> bytes:
    """The path of a name in a folder of the drop."""
    return folder.rstrip("/").encode() + b"/" + name if folder else name


def display_name(name: bytes) -> str:
    r"""A name as it was dropped, fit for logs, the ledger and JSON: one line, nothing invisible, at most 300 letters.

    What begins like a formula stays as it is: whoever writes a spreadsheet guards its cells. Bad UTF-8, control
    characters and a backslash are shown as escapes (`\xff`, `\n`, `\u202e`), so two names that differ in bytes look
    different unless only their Unicode form differs.
    """
    text = name.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text and len(text) <= _LONGEST_SHOWN:
        return text
    shown = "".join(_escape(character) for character in text)
    return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"


def safe_name(name: bytes) -> str:
    """The same name in [A-Za-z0-9._-], at most 80 characters, its ending kept; never empty, never hidden.

    Several names may share one safe name, so it stands beside a hash wherever it must tell files apart.
    """
    text = name.rsplit(b"/", 1)[-1].decode("utf-8", "replace").translate(_NORDIC)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("_").lstrip(".-")
    if len(safe) > _LONGEST_SAFE:
        ending = re.search(r"(\.xml\.gz|\.[A-Za-z0-9]{1,8})$", safe, re.IGNORECASE)
        kept = ending.group(0) if ending else ""
        safe = safe[: _LONGEST_SAFE - len(kept)] + kept
    return safe or "unnamed"


def megabytes(size: int) -> str:
    """A size in bytes as people say it: `2 MB`, `0.5 MB`."""
    return f"{size / 1_000_000:.3g} MB"


def name_hash(name: bytes) -> str:
    """Twelve hex digits by which a name that cannot be shown is reported."""
    return hashlib.sha256(name).hexdigest()[:12]


def match_key(name: bytes) -> str:
    """The form in which a manifest's or sidecar's file name meets the name on the drop: NFC, case folded."""
    text = unicodedata.normalize("NFC", name.decode("utf-8", "backslashreplace")).casefold()
    return unicodedata.normalize("NFC", text)


def refuse_name(name: bytes) -> None:
    """Let an ordinary name pass.

    :raises NameRefused: rule `name.encoding`, `name.control`, `name.path` or `name.empty`
    """
    shown = display_name(name)
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        raise NameRefused(
            f"The file name {shown} is not UTF-8; rename the file and drop it again.", rule_id="name.encoding"
        ) from None
    if not text.strip():
        raise NameRefused("A file has an empty name; name it and drop it again.", rule_id="name.empty")
    if text in {".", ".."} or "/" in text or "\\" in text:
        raise NameRefused(
            f"The file name {shown} holds parts of a path; use a plain file name and drop it again.",
            rule_id="name.path",
        )
    if not text.isprintable() and any(unicodedata.category(character) in _INVISIBLE for character in text):
        raise NameRefused(
            f"The file name {shown} holds control or invisible characters; rename the file and drop it again.",
            rule_id="name.control",
        )


def is_unfinished(name: bytes) -> bool:
    """Whether the sender says by the name that the upload goes on: `.part`, `.tmp`, `.filepart` or a leading dot."""
    return name.startswith(b".") or name.lower().endswith(_UNFINISHED)


def is_document(name: bytes) -> bool:
    """Whether the name is that of an eCoC or a container of them: `.xml`, `.xml.gz`, `.zip`, in any case."""
    return name.lower().endswith(_DOCUMENT)


def is_sidecar(name: bytes) -> bool:
    """Whether the file lies beside a document and holds its avgiftsklassifisering: `<file>.json`."""
    return name.lower().endswith(b".json")


def sidecar_of(name: bytes) -> bytes:
    """The document's name a sidecar belongs to; compare with `match_key`."""
    return name[: -len(b".json")]


def is_manifest(name: bytes) -> bool:
    """Whether the file is the list of avgiftsklassifisering for the files beside it: `manifest.csv`, in any case."""
    return name.lower() == b"manifest.csv"


def numbered(path: bytes, number: int) -> bytes:
    """A free-name candidate: `a/b.xml` and 2 give `a/b~2.xml`."""
    folder, slash, name = path.rpartition(b"/")
    stem, dot, ending = name.partition(b".") if not name.startswith(b".") else (name, b"", b"")
    return folder + slash + stem + b"~%d" % number + dot + ending


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character == "\\":
        return "\\\\"
    if unicodedata.category(character) in _INVISIBLE:
        return character.encode("unicode_escape").decode("ascii")
    return character
