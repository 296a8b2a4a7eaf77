"""Values on their way into a spreadsheet: typed, and never a formula.

A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, tab or carriage return as a formula (OWASP, CSV
injection); file names and the authority's texts come from strangers.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What a workbook's XML cannot hold (XML 1.0, Char), and half characters.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767
"""Characters a cell of a workbook holds."""
OSLO = ZoneInfo("Europe/Oslo")

Cell = str | int | float | bool | date | datetime | None


def is_risky(text: str) -> bool:
    """True for a text that a spreadsheet could take for a formula."""
    return text.startswith(_FORMULA)


def for_workbook(value: Any) -> Cell:
    """The value as a workbook's cell holds it; times are in Oslo, for a workbook knows no zones."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(OSLO).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return value
    return _NO_XML.sub("�", _text(value))[:LONGEST]


def for_csv(value: Any) -> Any:
    """The value as a CSV file holds it: a text that looks like a formula gets an apostrophe before it."""
    if isinstance(value, list | tuple | dict | UUID):
        value = _text(value)
    if isinstance(value, str):
        text = value.replace("\x00", "�")
        return "'" + text if is_risky(text) else text
    return value


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
