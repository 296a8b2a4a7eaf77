"""Typed reading of a connection's extra fields, so that a wrong value becomes one sentence naming the field."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from include.errors import ConfigurationError

_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}


class Fields:
    """The extra fields of one connection. A blank text and an absent field are the same: forms save blanks.

    Raises `ConfigurationError` whose sentence names the connection and the field, and never repeats the value.
    """

    def __init__(self, conn_id: str, extra: Mapping[str, Any]) -> None:
        self.conn_id = conn_id
        self._extra = extra

    def wrong(self, name: str, sentence: str) -> ConfigurationError:
        """An error about field `name`, for the caller to raise."""
        return ConfigurationError(f"Connection `{self.conn_id}`, field `{name}`: {sentence}")

    def text(self, name: str) -> str | None:
        """The field as text without surrounding blanks, or None. A JSON object is not text."""
        value = self._extra.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.wrong(name, f"expected text, found {type(value).__name__}; put the value in quotes.")
        return value.strip() or None

    def choice(self, name: str, allowed: Sequence[str]) -> str | None:
        """The field when it is one of `allowed`, or None when it is blank."""
        value = self.text(name)
        if value is not None and value not in allowed:
            raise self.wrong(name, f"not a known value; choose one of {', '.join(allowed)}.")
        return value

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        """The field as a number between `low` and `high`, both included; texts such as "30" are understood."""
        value = self._extra.get(name)
        if value is None or value == "":
            return default
        try:
            if isinstance(value, bool):
                raise ValueError
            number = float(value)
        except (TypeError, ValueError):
            raise self.wrong(name, f"not a number; give one between {low:g} and {high:g}.") from None
        if not math.isfinite(number) or not low <= number <= high:
            raise self.wrong(name, f"out of range; give a number between {low:g} and {high:g}.")
        return number

    def flag(self, name: str, default: bool) -> bool:
        """The field as true or false; the texts true/false, yes/no, on/off, 1/0 are understood."""
        value = self._extra.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise self.wrong(name, "expected true or false.")
