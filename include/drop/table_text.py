"""CSV as programs really save it: any usual encoding and separator, one bad line at a time."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from include.drop.table_cells import RawRow
from include.errors import ContentRefused

_SEPARATORS = ";,\t|"
# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def raw_rows(content: bytes, shown: str) -> Iterator[RawRow]:
    """Every line with its cells, the heading first. A cell in quotes that runs on over lines is one faulty row.

    :raises ContentRefused: no text in any encoding we read
    """
    text = decoded(content, shown)
    separator, skipped = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield RawRow(
                _place(line, max(reader.line_num, line)), (), "a quote stands in the wrong place or is not closed"
            )
            line = reader.line_num + 1
            continue
        last, place = reader.line_num, _place(line, reader.line_num)
        if line > skipped:
            broken = last > line and any("\n" in cell or "\r" in cell for cell in cells)
            yield RawRow(place, cells, "a quote is not closed, or a cell holds a line break" if broken else None)
        line = last + 1


def decoded(content: bytes, shown: str) -> str:
    """The text: by its byte order mark, as UTF-16 without one, as UTF-8, else as Windows-1252.

    :raises ContentRefused: none of these
    """
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", _guessed(content)))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        try:
            text = "" if mark else content.decode("cp1252")
        except UnicodeDecodeError:
            text = ""
    if not text or "\x00" in text:
        raise ContentRefused(f"{shown} is no text we can read: save it as CSV UTF-8.", rule_id="table.encoding")
    return text


def _guessed(content: bytes) -> str:
    """UTF-16 without a mark shows by its zero bytes: ASCII letters have one each, always on the same side."""
    head = content[:2_000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) / 4 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) / 4 and odd == 0 else "utf-8"


def _separator(text: str) -> tuple[str, int]:
    """The separator, and how many lines to pass over: Excel writes and reads a first line `sep=;`."""
    first, _, rest = text.partition("\n")
    told = first.strip().removeprefix('"').removesuffix('"').lower()
    if told.startswith("sep=") and len(told) == 5:
        return told[4], 1
    heading = first if first.strip() else next((line for line in rest.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=heading.count), 0


def _place(first: int, last: int) -> str:
    return f"line {first}" if last <= first else f"lines {first} to {last}"
