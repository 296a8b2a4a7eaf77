"""A real server on loopback that answers with the very bytes a test wants, and a token source without a network."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from include.maskinporten.grant import Grant
from include.maskinporten.token import AccessToken
from include.vegvesen.answer import Answer
from include.vegvesen.client import VegvesenClient
from include.vegvesen.settings import VegvesenSettings

set_hypothesis_home_dir(Path(__file__).parents[3] / ".samsvar" / "hypothesis")

GOLDEN = Path(__file__).parent / "golden"
CANARY = "canary-token-7f3a"


@dataclass
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Authority:
    """A raw HTTP server: `act` gets each request and its writer, and may do anything to the connection."""

    act: Callable[[Request, asyncio.StreamWriter], Awaitable[None]]
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    @property
    def hits(self) -> int:
        return len(self.requests)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:] if line)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                request = Request(method, path, headers, body)
                self.requests.append(request)
                await self.act(request, writer)
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class FakeTokens:
    """Hands out numbered tokens that hold a canary; a dropped one is replaced by the next."""

    def __init__(self) -> None:
        self.number = 0
        self.dropped: list[AccessToken] = []
        self.fails: Exception | None = None
        self.fails_after_drop: Exception | None = None

    async def token(self, grant: Grant) -> AccessToken:
        if self.fails is not None:
            raise self.fails
        return AccessToken(
            value=f"{CANARY}-{self.number}", expires_at=9e9, renew_at=9e9, lifetime=120.0, scope=grant.scope
        )

    def drop(self, grant: Grant, used: AccessToken) -> None:
        self.dropped.append(used)
        self.number += 1
        self.fails = self.fails_after_drop


def http(status: int, body: bytes = b"", *headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sever(writer: asyncio.StreamWriter) -> None:
    """Drop a connection with a TCP reset."""
    sock: Any = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Kit:
    """What the tests of this folder share, handed over by a fixture."""

    CANARY = CANARY
    Tokens = FakeTokens
    http = staticmethod(http)
    sever = staticmethod(sever)

    @staticmethod
    def golden(name: str) -> bytes:
        return (GOLDEN / name).read_bytes()

    @staticmethod
    @asynccontextmanager
    async def authority(act: Callable[[Request, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[Authority]:
        served = Authority(act)
        server = await asyncio.start_server(served.serve, "127.0.0.1", 0, limit=2**22)
        served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield served
        finally:
            server.close()

    @classmethod
    def answering(cls, *answers: bytes) -> Any:
        """An authority that gives these answers in turn, the last one for ever."""
        left = list(answers)

        async def act(request: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(left.pop(0) if len(left) > 1 else left[0])
            await writer.drain()

        return cls.authority(act)

    @staticmethod
    def client(url: str, tokens: FakeTokens | None = None, **settings: Any) -> VegvesenClient:
        given: dict[str, Any] = {"environment": "test", "base_url": url, "read_timeout": 2.0, "total_timeout": 4.0}
        return VegvesenClient(
            VegvesenSettings(**(given | settings)), tokens or FakeTokens(), Grant(scope="svv:kjoretoy/ecoc")
        )

    @classmethod
    async def one(cls, answer: bytes, **settings: Any) -> tuple[Answer, int]:
        """The end of one send to an authority that always answers the same, and how often it was hit."""
        async with cls.answering(answer) as authority, cls.client(authority.url, **settings) as client:
            return await client.create(b"{}"), authority.hits


@pytest.fixture
def kit() -> type[Kit]:
    return Kit
