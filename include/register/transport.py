"""What an adapter asks of the network: one request, one whole reply. The Airflow hook and the tests bring their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol

NOTHING: Mapping[str, str] = MappingProxyType({})

BodyState = Literal["whole", "too_large"]


@dataclass(frozen=True, slots=True)
class Request:
    """A read. `path` is percent-encoded and begins with a slash; `query` and `content` may hold personal data."""

    method: Literal["GET", "POST"]
    path: str = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    content: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (names in lower case) and body; `too_large` has no body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    body: bytes = field(default=b"", repr=False)
    state: BodyState = "whole"


class Reach(Protocol):
    """What a transport needs to know of a connection's settings. Times are seconds, sizes bytes."""

    @property
    def environment(self) -> Literal["test", "prod"]: ...
    @property
    def conn_id(self) -> str: ...
    @property
    def maskinporten_conn_id(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def max_parallel(self) -> int: ...
    @property
    def connect_timeout(self) -> float: ...
    @property
    def read_timeout(self) -> float: ...
    @property
    def total_timeout(self) -> float: ...
    @property
    def max_reply_bytes(self) -> int: ...


class Transport(Protocol):
    """Sends requests with an access token on them; safe to call from several threads."""

    def send(self, request: Request) -> Reply:
        """The whole reply. Raises ServiceUnavailable when there is none, and what a token call raises."""

    def forget_token(self) -> None:
        """Drop the token that this thread's last request carried: the next one gets a new one."""

    def consumer(self) -> str | None:
        """The organisation that token speaks for, when it shows one."""

    def close(self) -> None:
        """Give the connections back; idempotent."""
