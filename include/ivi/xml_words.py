"""The commonest complaints of the XML parser in words an importer understands.

The parser speaks of its own insides (`xmlParseEntityRef: no name`), which tells nobody that a `&` is loose in a name.
"""

from __future__ import annotations

from .finding import quoted

_LONGEST = 120
_WORDS = (
    ("xmlParseEntityRef: no name", "a loose &, which is written &amp;"),
    ("EntityRef: expecting ';'", "a loose &, which is written &amp;"),
    ("StartTag: invalid element name", "a loose <, which is written &lt;"),
    ("PCDATA invalid Char value", "a control character in a value"),
    ("xmlParseCharRef: invalid xmlChar value", "a number such as &#0; that stands for no character"),
    ("Invalid bytes in character encoding", "bytes that are not in the encoding of the file"),
    ("Extra content at the end", "more after the end of the document"),
)


def in_words(complaint: str | None) -> str:
    """What the parser complains of, short and harmless; its own words where these are as good. Never raises."""
    said = (complaint or "unreadable").replace("\n", " ").partition(", line")[0]
    for beginning, words in _WORDS:
        if beginning in said:
            return words
    return quoted(said[:_LONGEST])[1:-1]
