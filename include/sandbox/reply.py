"""An HTTP answer as plain data, so that what a service decides and how it is sent (or lost) stay apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import orjson

JSON = "application/json"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, body bytes and headers; the content type is JSON unless said otherwise."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=lambda: NO_HEADERS)


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request as plain data: `path` without query, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def gateway(status: int, error: str, path: str, *, headers: Mapping[str, str] = NO_HEADERS) -> Reply:
    """What a gateway or a web framework in front of an authority answers: JSON, but not the authority's own form."""
    return Reply(status, orjson.dumps({"status": status, "error": error, "path": path}), headers=headers)
