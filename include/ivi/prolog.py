"""Looks at what stands before the root element, without a parser: the cheapest way to meet a DOCTYPE."""

from __future__ import annotations

from .encoding import Encoding, actual_encoding

_BLANKS = " \t\r\n\ufeff"


def _codec(encoding: Encoding | None) -> str:
    return encoding or "utf-8"


def has_doctype(content: bytes) -> bool:
    """True where the document declares a document type, which can hold entities and point at other files.

    Comments and processing instructions before it are stepped over, so `<!-- <!DOCTYPE -->` is no DOCTYPE.
    """
    if b"!" not in content:  # the quickest search there is, and true of nearly every document
        return False
    codec = _codec(actual_encoding(content))
    if "<!DOCTYPE".encode(codec) not in content:
        return False
    text = content.decode(codec, "replace")
    place = 0
    while True:
        while place < len(text) and text[place] in _BLANKS:
            place += 1
        if text.startswith("<?", place):
            place = _after(text, "?>", place)
        elif text.startswith("<!--", place):
            place = _after(text, "-->", place + 4)
        else:
            return text.startswith("<!DOCTYPE", place)


def _after(text: str, mark: str, place: int) -> int:
    found = text.find(mark, place)
    return len(text) if found < 0 else found + len(mark)
