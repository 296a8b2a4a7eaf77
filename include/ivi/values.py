"""From the text of an IVI value to a Python value: what is not of its type is None, since the schema check says so."""

from __future__ import annotations

from datetime import date

_MOST_DIGITS = 12
_TRUTH = {"Y": True, "N": False}


def whole_number(text: str | None) -> int | None:
    """A whole number as XML Schema writes it, or None. Never raises."""
    if text is None:
        return None
    if len(text) <= _MOST_DIGITS and text.isdecimal() and text.isascii():
        return int(text)
    digits = text.strip().removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS else None


def day(text: str | None) -> date | None:
    """The day of a date or date-time as XML Schema writes it, or None. Never raises."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def truth(text: str | None) -> bool | None:
    """Y is True, N is False, all else None."""
    return _TRUTH.get(text.strip()) if text is not None else None


def decimal_number(text: str | None) -> float | None:
    """A decimal number as XML Schema writes it (a point, no exponent), or None. Never raises."""
    if text is None:
        return None
    if len(text) <= _MOST_DIGITS and text.isascii() and text.replace(".", "", 1).isdecimal():
        return float(text)
    written = text.strip()
    unsigned = written[1:] if written[:1] in ("+", "-") else written
    digits = unsigned.replace(".", "", 1)
    return float(written) if digits.isascii() and digits.isdecimal() and len(digits) <= 20 else None
