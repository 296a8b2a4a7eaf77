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
        if not isinstance(extra, Mapping):
            raise ConfigurationError(
                f'Connection {conn_id!r}: its extra is no JSON object; write it as {{"name": value}}.'
            )
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

    def needed_choice(self, name: str, allowed: Sequence[str]) -> str:
        """The field, which must be one of `allowed`."""
        value = self.choice(name, allowed)
        if value is None:
            raise self.wrong(name, f"is missing; write {' or '.join(allowed)}.")
        return value

    def refuse_unverified_tls(self) -> None:
        """Raises where somebody tries to switch off the check of certificates."""
        if not self.flag("verify", True):
            raise self.wrong("verify", "certificates are always verified; remove the field.")

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        """The field as a number between `low` and `high`, both included; texts such as "30" are understood."""
        value = self._extra.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
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
        if value is None or (isinstance(value, str) and not value.strip()):
            return default
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise self.wrong(name, "expected true or false.")


def address(host: str | None, port: int | None) -> str:
    """The address in a connection's host and port; blank without a host."""
    url = (host or "").strip()
    if not url or port is None or url.rstrip("/").endswith(f":{port}"):
        return url
    return f"{url.rstrip('/')}:{port}"
