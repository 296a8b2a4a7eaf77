"""Is a file complete? Its bytes must end where its root element ends.

Asked for every file of every pick-up, so it uses the plain tokeniser of the standard library and builds nothing.
"""

from __future__ import annotations

from xml.parsers.expat import ErrorString, ExpatError, ParserCreate, errors

from .encoding import actual_encoding
from .prolog import has_doctype

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
        filled += b"\0"
    if not filled or filled in (b"\xef", b"\xef\xbb", b"\xff", b"\xfe"):
        return False
    return _ends(filled, "utf-8" if encoding == "utf-8" else "utf-16")


def _ends(content: bytes, encoding: str) -> bool:
    try:
        ParserCreate(encoding).Parse(content, True)
    except ExpatError as error:
        return ErrorString(error.code) not in _CUT_SHORT
    except (ValueError, LookupError):
        return True
    return True
