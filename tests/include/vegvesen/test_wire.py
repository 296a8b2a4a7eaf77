"""What aiohttp would do behind our back, and that it does not."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import aiohttp
import pytest

from include.authority.failures import failure_of
from include.authority.wire import ConnectionLost, GuardedBody, NotWritten, never_send_twice, unpacked


async def hits_of(kit: Any, method: str, middlewares: tuple[Any, ...]) -> tuple[int, str]:
    """How often a server that drops a kept connection is asked, and what the caller sees."""

    async def drop_later(request: Any, writer: asyncio.StreamWriter) -> None:
        if authority.hits == 1:
            writer.write(kit.http(200, b"{}"))
        else:
            writer.close()

    async with kit.authority(drop_later) as authority, aiohttp.ClientSession(middlewares=middlewares) as session:
        await (await session.request(method, authority.url)).read()
        with pytest.raises(aiohttp.ClientError) as seen:
            await session.request(method, authority.url)
        return authority.hits, type(seen.value).__name__


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_broken_connection_is_never_answered_by_sending_again(kit: Any, method: str) -> None:
    assert await hits_of(kit, method, (never_send_twice,)) == (2, "ConnectionLost")


async def test_without_the_middleware_aiohttp_sends_a_delete_twice(kit: Any) -> None:
    assert await hits_of(kit, "DELETE", ()) == (3, "ServerDisconnectedError")


async def test_a_connection_never_made_keeps_its_own_class(kit: Any) -> None:
    async with kit.answering(b"") as authority:
        gone = authority.url
    async with aiohttp.ClientSession(middlewares=(never_send_twice,)) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.delete(gone)


class Pipe:
    """Stands where aiohttp's writer stands."""

    def __init__(self, closing: bool = False) -> None:
        self.closing = closing
        self.written: list[bytes] = []
        self.transport = self

    def is_closing(self) -> bool:
        return self.closing

    async def write(self, chunk: bytes) -> None:
        self.written.append(chunk)


async def test_a_body_is_written_at_most_once() -> None:
    body, pipe = GuardedBody(b"x", lambda: True, lambda: None), Pipe()
    await body.write(pipe)  # type: ignore[arg-type]
    with pytest.raises(NotWritten):
        await body.write(pipe)  # type: ignore[arg-type]
    assert (pipe.written, body.written) == ([b"x"], True)


@pytest.mark.parametrize("how", ["closing", "retired"])
async def test_a_body_is_not_written_to_a_closing_connection_nor_after_its_exchange(how: str) -> None:
    asked: list[int] = []
    body, pipe = GuardedBody(b"x", lambda: bool(asked.append(1)) or True, lambda: None), Pipe(how == "closing")
    if how == "retired":
        body.retire()
    with pytest.raises(NotWritten):
        await body.write(pipe)  # type: ignore[arg-type]
    assert (pipe.written, body.written, asked) == ([], False, [])


def test_unpacking_stops_at_the_cap_even_for_a_body_packed_twice() -> None:
    bomb = gzip.compress(gzip.compress(bytes(10_000_000)))
    plain, state = unpacked(bomb, "gzip", 1_000_000)
    assert (len(plain) < 100_000, state) == (True, "whole")
    assert unpacked(plain, "gzip", 1_000_000) == (b"", "too_large")


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (aiohttp.ServerDisconnectedError(), "disconnected"),
        (ConnectionLost("x"), "disconnected"),
        (ConnectionResetError(), "disconnected"),
        (aiohttp.SocketTimeoutError(), "read_timeout"),
        (TimeoutError(), "read_timeout"),
        (aiohttp.ConnectionTimeoutError(), "connect_timeout"),
        (KeyError("a bug"), "unexpected"),
    ],
)
def test_every_exception_has_a_name(error: Exception, failure: str) -> None:
    assert failure_of(error)[0] == failure
