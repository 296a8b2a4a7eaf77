"""Makes a readable copy of a document that is no XML because of a slip inside a value, such as `Smith & Sons`.

One such slip would hide every other one until the file comes back the next day. The copy is looked at and thrown away:
the document stays refused, and what is stored is what was dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .encoding import actual_encoding

_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_KEPT = re.compile(r"<!\[CDATA\[|<!--|<\?")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_SLIP = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)|<(?![^\W\d]|[:/?]|!(?:--|\[CDATA\[))|&#x?[0-9A-Fa-f]+;"
)
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_STAND_IN = "\ufffd"


def mended(content: bytes) -> bytes | None:
    """A copy as UTF-8 in which loose `&` and `<` are written out and impossible characters are U+FFFD.

    None where there is nothing of the kind to mend. Takes one pass; never raises.
    """
    codec = actual_encoding(content)
    if codec is None:
        return None
    text = content.decode(codec, "replace").removeprefix("\ufeff")
    copy = "".join(_parts(_NO_CHARACTER.sub(_STAND_IN, text)))
    if copy == text and _STAND_IN not in text:
        return None
    return _DECLARATION.sub("", copy, count=1).encode()


def _parts(text: str) -> Iterator[str]:
    """The text mended, but for CDATA, comments and instructions, in which `&` and `<` are plain characters."""
    place = 0
    while (begin := _KEPT.search(text, place)) is not None:
        end = text.find(_ENDS[begin[0]], begin.end())
        if end < 0:
            break
        yield _SLIP.sub(_written_out, text[place : begin.start()])
        yield text[begin.start() : end]
        place = end
    yield _SLIP.sub(_written_out, text[place:])


def _written_out(slip: re.Match[str]) -> str:
    match slip[0]:
        case "&":
            return "&amp;"
        case "<":
            return "&lt;"
        case number:
            return number if _is_character(number[2:-1]) else _STAND_IN


def _is_character(number: str) -> bool:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
