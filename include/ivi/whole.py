"""Is a file complete? Its bytes must end where its root element ends.

Asked for every file of every pick-up, so it uses the plain tokeniser of the standard library and builds nothing.
"""

from __future__ import annotations

from xml.parsers.expat import ErrorString, ExpatError, ParserCreate, errors

from .encoding import actual_encoding
from .prolog import has_doctype

_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_CUT_SHORT = frozenset(
    {
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    }
)


def is_whole(content: bytes) -> bool:
    """False where more bytes are still to come: every true beginning of a document, and no bytes at all.

    Blanks and comments after the root element are fine. Zero bytes at the end count as room that an upload has not
    filled yet. Bytes that can never become XML count as whole, so that the check can say what is wrong with them.
    A DOCTYPE is refused anyway, so nothing is waited for.
    """
    encoding = actual_encoding(content)
    if encoding is None or has_doctype(content):
        return True
    filled = content.rstrip(b"\0")
    if encoding == "utf-16-le" and len(filled) % 2:
        filled = content[: len(filled) + 1]  # the second byte of the last character is a zero too
    start = filled.lstrip(_BEFORE_MARKUP)
    if not start:
        return False
    if start[:1] != b"<" and not b"\xef\xbb\xbf".startswith(filled):
        return True
    return _ends(filled, "utf-8" if encoding == "utf-8" else "utf-16")


def _ends(content: bytes, encoding: str) -> bool:
    try:
        ParserCreate(encoding).Parse(content, True)
    except ExpatError as error:
        return ErrorString(error.code) not in _CUT_SHORT
    except (ValueError, LookupError):
        return True
    return True
