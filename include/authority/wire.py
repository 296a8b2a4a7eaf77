"""The last metre before the socket: whether one byte was written decides between *not sent* and *unknown*.

aiohttp's exceptions alone cannot tell: a reset looks the same before and after the request left. The body below is
asked for by aiohttp exactly when it is about to write headers and body in one go, so it is the place to ask whether
the intent is still valid, to tell the caller that the socket is being written, and to remember that it was.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Literal

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ServerDisconnectedError,
)
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

BodyState = Literal["whole", "cut", "too_large", "packed"]
"""How far a reply's body was read: to its end, cut short, stopped at the size cap, or packed in an unreadable way."""

_PACKINGS = {"gzip": 47, "x-gzip": 47, "deflate": 47}


class ConnectionLost(ClientError):
    """The connection broke on a send. Deliberately not one of the classes that aiohttp answers by sending again."""


class NotWritten(Exception):
    """Raised inside the write to stop it before its first byte; never leaves this package."""


async def never_send_twice(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Client middleware: aiohttp re-sends DELETE, PUT and GET in silence when a kept-alive connection breaks.

    A connection that was never made stays what it is, since it is certain that nothing was sent.
    """
    try:
        return await handler(request)
    except ClientConnectorError:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise ConnectionLost(type(error).__name__) from error


class GuardedBody(Payload):
    """A request body that asks `may_send` and calls `on_wire` immediately before its only write.

    `written` is False as long as it is certain that no byte reached the socket; `expired` says that `may_send` said no.
    """

    _autoclose = True

    def __init__(self, content: bytes, may_send: Callable[[], bool], on_wire: Callable[[], None]) -> None:
        super().__init__(content, content_type="application/json")
        self._size = len(content)
        self._may_send = may_send
        self._on_wire = on_wire
        self._retired = False
        self.written = False
        self.expired = False

    def retire(self) -> None:
        """After the exchange has ended: a write task that is still waiting for its turn must not begin."""
        self._retired = True

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        content: bytes = self._value
        return content.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        if content_length is not None and content_length != self._size:
            raise NotWritten
        transport = getattr(writer, "transport", None)
        if self._retired or self.written or transport is None or transport.is_closing():
            raise NotWritten
        if not self._may_send():
            self.expired = True
            raise NotWritten
        self._on_wire()
        self.written = True
        await writer.write(self._value)


async def read_capped(response: ClientResponse, limit: int) -> tuple[bytes, bool]:
    """The raw body and whether it ended within `limit` bytes. Errors of the connection pass through."""
    chunks: list[bytes] = []
    size = 0
    while chunk := await response.content.readany():
        size += len(chunk)
        if size > limit:
            return b"", False
        chunks.append(chunk)
    return b"".join(chunks), True


def unpacked(body: bytes, encoding: str, limit: int) -> tuple[bytes, BodyState]:
    """The body without its Content-Encoding, never more than `limit` bytes: a gzip bomb stops at the cap.

    aiohttp's own unpacking is off because it has no cap on the whole.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body, "whole"
    window = _PACKINGS.get(name)
    if window is None:
        return b"", "packed"
    unpacker = zlib.decompressobj(window)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error:
        return b"", "packed"
    if len(plain) > limit:
        return b"", "too_large"
    return (plain, "whole") if unpacker.eof else (b"", "cut")
