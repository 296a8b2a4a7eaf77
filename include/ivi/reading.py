"""Turns bytes from outside into an element tree, or refuses them in one sentence. Reads nothing else.

Bytes only, never a path: the parser would unpack a compressed file behind our back. Everything that could reach
another file or grow without bound is off or capped before the parser sees the bytes.
"""

from __future__ import annotations

import re
import threading

from lxml import etree

from include.errors import ContentRefused

from .encoding import FoundEncoding, find_encoding
from .prolog import has_doctype
from .whole import is_whole
from .xml_words import in_words

MAX_BYTES = 2_000_000
MAX_MARKUP = 20_000
"""Highest number of `<`; an ordinary document of 20 kB has about 800. The validator's log grows with its square."""
MAX_ATTRIBUTES = 10_000
"""Highest number of `=`; IVI knows no attributes, a signature a few dozen."""
MAX_DEPTH = 32
"""Deepest nesting that is read; IVI itself goes to 13."""

_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml\s[^?]*\?>")
_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_local = threading.local()


def read_root(content: bytes, max_bytes: int = MAX_BYTES) -> tuple[etree._Element, FoundEncoding]:
    """The root element of a document, and its encoding.

    Raises ContentRefused with a rule id: `file.empty`, `file.too_large`, `file.compressed`, `file.not_xml`,
    `xml.encoding`, `xml.doctype`, `xml.too_much_markup`, `xml.depth`, `xml.cut_short`, `xml.not_well_formed`.
    """
    _refuse_by_bytes(content, max_bytes)
    encoding = find_encoding(content)
    if has_doctype(content):
        raise _doctype()
    root = _parse(content, encoding)
    if b"!" in content and root.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    return root, encoding


def _refuse_by_bytes(content: bytes, max_bytes: int) -> None:
    if not content.strip(_BEFORE_MARKUP):
        raise ContentRefused("The file is empty: drop the document again.", rule_id="file.empty")
    if len(content) > max_bytes:
        raise ContentRefused(
            f"The file has {len(content):,} bytes and at most {max_bytes:,} are taken: an IVI document is about 20,000 "
            "bytes, so look for a wrong export.",
            rule_id="file.too_large",
        )
    if content.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        kind, ending = ("gzip", ".xml.gz") if content[0] == 0x1F else ("zip", ".zip")
        raise ContentRefused(
            f"The file is a {kind} archive under the name of a document: name it {ending} or drop the XML itself.",
            rule_id="file.compressed",
        )
    if (len(content) > MAX_MARKUP and content.count(b"<") > MAX_MARKUP) or _has_attributes_without_end(content):
        raise ContentRefused(
            "The file holds more elements or attributes than any IVI document, so it is not read: drop one vehicle "
            "per file.",
            rule_id="xml.too_much_markup",
        )


def _has_attributes_without_end(content: bytes) -> bool:
    """True beyond MAX_ATTRIBUTES; a search per `=` is quicker than a count, since a document holds so few."""
    place = content.find(b"=")
    for _ in range(MAX_ATTRIBUTES):
        if place < 0:
            return False
        place = content.find(b"=", place + 1)
    return place >= 0


def too_deep() -> ContentRefused:
    """The refusal of a document whose elements are nested without sense."""
    return ContentRefused(
        f"Elements are nested more than {MAX_DEPTH} deep, as in no IVI document, so the file is not read: "
        "export it again.",
        rule_id="xml.depth",
    )


def _doctype() -> ContentRefused:
    return ContentRefused(
        "The file declares a DOCTYPE, which can pull in other files and hide text, so it is not read: take the DOCTYPE "
        "out and drop the file again.",
        rule_id="xml.doctype",
    )


def _new_parser(encoding: str | None, *, leaves_blanks_out: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        remove_blank_text=leaves_blanks_out,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        recover=False,
    )


def _parser(content: bytes, encoding: FoundEncoding) -> etree.XMLParser:
    """The parser of this thread; a declaration that contradicts the bytes is overruled by the bytes."""
    if encoding.contradicts:
        return _new_parser("UTF-8" if encoding.actual == "utf-8" else "UTF-16")
    plain = _is_plain(content)
    parser: etree.XMLParser | None = getattr(_local, "plain" if plain else "parser", None)
    if parser is None:
        parser = _new_parser(None, leaves_blanks_out=plain)
        setattr(_local, "plain" if plain else "parser", parser)
    return parser


def _is_plain(content: bytes) -> bool:
    """True where the blanks between elements can be left out, which is quicker, without touching a value.

    The parser takes blanks for those of a layout where markup follows them. A comment, an instruction, CDATA or a
    carriage return may stand in the middle of a value, so a document with any of these is read with all its blanks.
    """
    declaration = _DECLARATION.match(content)
    start = declaration.end() if declaration else 0
    return content.find(b"?", start) < 0 and b"!" not in content and b"\r" not in content


def _parse(content: bytes, encoding: FoundEncoding) -> etree._Element:
    try:
        return etree.fromstring(content, _parser(content, encoding))
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(content, error) from None
    except (ValueError, LookupError, etree.LxmlError):
        raise ContentRefused(
            "The file cannot be read as XML at all: export it again and drop it again.", rule_id="file.not_xml"
        ) from None


def _not_well_formed(content: bytes, error: etree.XMLSyntaxError) -> ContentRefused:
    if content.lstrip(_BEFORE_MARKUP)[:1] != b"<":
        return ContentRefused(
            "The file holds no XML: drop the IVI document itself, not a letter or a picture of it.",
            rule_id="file.not_xml",
        )
    if not is_whole(content):
        return ContentRefused("The file ends before the document does: drop it again, whole.", rule_id="xml.cut_short")
    if "Excessive depth" in (error.msg or ""):
        return too_deep()
    line, column = error.position if error.position else (error.lineno or 0, 0)
    return ContentRefused(
        f"The file is not well-formed XML at line {line}, column {column} ({in_words(error.msg)}): export it "
        "again and drop it again whole.",
        rule_id="xml.not_well_formed",
    )
