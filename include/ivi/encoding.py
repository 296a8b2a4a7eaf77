"""Tells from the first bytes which encoding a document is in, and what its XML declaration claims.

Only UTF-8 and UTF-16 are taken: every XML reader must know these two, and nothing can hide in them (UTF-7 can).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from include.errors import ContentRefused

from .finding import quoted

Encoding = Literal["utf-8", "utf-16-le", "utf-16-be"]

_DECLARED = re.compile(r"""\ufeff?<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]{1,80})["']""")
_HEAD_BYTES = 600
_BELONG_TO_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_BELONG_TO_UTF16 = frozenset({"utf-16", "utf16", "utf-16le", "utf-16be", "utf-16-le", "utf-16-be"})


@dataclass(frozen=True, slots=True)
class FoundEncoding:
    """What the bytes are, and what the declaration says (None: it says nothing)."""

    actual: Encoding
    declared: str | None

    @property
    def contradicts(self) -> bool:
        """True where the declaration names the other of the two encodings, as some exporters do."""
        if self.declared is None:
            return False
        fitting = _BELONG_TO_UTF8 if self.actual == "utf-8" else _BELONG_TO_UTF16
        return self.declared.lower() not in fitting


def actual_encoding(content: bytes) -> Encoding | None:
    """The encoding by byte order mark, or by how the first `<` is written; None for UTF-32."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\x00\x00\x00", b"\x00\x00\x00<")):
        return None
    if content.startswith((b"\xff\xfe", b"<\x00")):
        return "utf-16-le"
    if content.startswith((b"\xfe\xff", b"\x00<")):
        return "utf-16-be"
    return "utf-8"


def find_encoding(content: bytes) -> FoundEncoding:
    """The encoding of a document. Raises ContentRefused (`xml.encoding`) for any but UTF-8 and UTF-16."""
    actual = actual_encoding(content)
    declared = None
    if actual is not None:
        found = _DECLARED.match(content[:_HEAD_BYTES].decode(actual, "replace"))
        declared = found[1] if found else None
    if actual is None or (declared and declared.lower() not in _BELONG_TO_UTF8 | _BELONG_TO_UTF16):
        name = quoted(declared) if declared else "UTF-32"
        raise ContentRefused(
            f"The file is in the encoding {name}, and only UTF-8 and UTF-16 are taken: save it as UTF-8 and "
            "drop it again.",
            rule_id="xml.encoding",
        )
    return FoundEncoding(actual, declared)
