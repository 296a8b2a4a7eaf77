"""Reads what the authority found wrong, in either of its two forms.

At once: `{"validationErrors": [{"field", "error"}]}`. Later, with a validation status: `validationErrorList` of
`{"description", "pointer": {"messageElementPath"}}`. Sources: Tolletaten's pages on synchronous and asynchronous
validation errors. Texts are kept as they are and never matched for control flow (they were Norwegian once).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from include.toll.answer import Fault

_LONGEST, _MOST = 1000, 500
_LISTS = ("validationErrors", "validationErrorList")


def faults_in_body(body: bytes) -> tuple[Fault, ...]:
    """The faults in a reply; none when it is no JSON object or names none. Never raises."""
    try:
        told = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return ()
    return faults_in(told) if isinstance(told, Mapping) else ()


def faults_in(told: Mapping[str, Any]) -> tuple[Fault, ...]:
    """The faults in a reply's object, in their order, at most five hundred."""
    found = [fault for name in _LISTS for fault in _faults(told.get(name))]
    return tuple(found[:_MOST])


def _faults(listed: Any) -> Iterator[Fault]:
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, str) and one:
            yield Fault("", plain_text(one))
        elif isinstance(one, Mapping):
            pointer = one.get("pointer")
            path = pointer.get("messageElementPath") if isinstance(pointer, Mapping) else pointer
            fault = Fault(plain_text(one.get("field") or path), plain_text(one.get("error") or one.get("description")))
            if fault.path or fault.text:
                yield fault


def plain_text(value: Any) -> str:
    """Text as a database can store it (no NUL, no half of a surrogate pair), cut at a thousand characters."""
    if not isinstance(value, str):
        return "" if value is None else str(value)[:_LONGEST]
    return value[:_LONGEST].replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
