"""A TCP proxy that breaks what passes through it: latency, reset, cut, slow, lost answer, by seed.

It runs in a thread of its own, between the sender processes and a server that knows nothing of it. The second use is
the warehouse: the answer to one chosen statement is lost after the server has done it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from include.sandbox.faults import draw
from tests.crash.points import mark

Side = Literal["request", "answer"]
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_CHUNK = 1 << 16
_SLICE = 2_048


class Wire:
    """One connection through the proxy; `number` counts from 1."""

    def __init__(self, number: int, client: Stream, server: Stream) -> None:
        self.number = number
        self.client, self.server = client, server
        self.chunks: Counter[Side] = Counter()

    def abort(self) -> None:
        """Both ends see their connection break at once, without a goodbye."""
        for _, writer in (self.client, self.server):
            writer.transport.abort()


class Policy(Protocol):
    """What becomes of a chunk. It writes to `to` what shall arrive; False: the connection is gone."""

    async def pass_on(self, wire: Wire, side: Side, chunk: bytes, to: asyncio.StreamWriter) -> bool: ...


@dataclass(slots=True)
class Toxics:
    """Faults of a bad network. Each rate is the share of chunks that meet it; `latency` is added to every answer.

    reset: nothing of a request arrives. cut: half of a chunk does. slow: it comes in small slices. lost_answer: the
    server acted, nobody hears of it.
    """

    seed: int
    latency: float = 0.0
    reset: float = 0.0
    cut: float = 0.0
    slow: float = 0.0
    lost_answer: float = 0.0
    met: Counter[str] = field(default_factory=Counter)

    async def pass_on(self, wire: Wire, side: Side, chunk: bytes, to: asyncio.StreamWriter) -> bool:
        wire.chunks[side] += 1
        fault = self._fault(wire, side)
        if fault:
            self.met[fault] += 1
        if side == "answer" and self.latency:
            await asyncio.sleep(self.latency)
        if fault in ("reset", "lost_answer"):
            wire.abort()
            return False
        if fault == "cut":
            to.write(chunk[: len(chunk) // 2])
            await to.drain()
            await asyncio.sleep(0.01)
            wire.abort()
            return False
        step = _SLICE if fault == "slow" else len(chunk)
        for at in range(0, len(chunk), step):
            to.write(chunk[at : at + step])
            await to.drain()
            if fault == "slow":
                await asyncio.sleep(0.01)
        return True

    def _fault(self, wire: Wire, side: Side) -> str:
        kinds = ("reset", "cut", "slow") if side == "request" else ("lost_answer", "cut", "slow")
        point, upto = draw(self.seed, wire.number, side, wire.chunks[side]), 0.0
        for kind in kinds:
            upto += getattr(self, kind)
            if point < upto:
                return kind
        return ""


@dataclass(slots=True)
class AnswerLost:
    """Loses the answer to the `at`-th request that holds `words`: the server gets it and does it, then silence.

    With `after`, a request counts only as the first one that follows one that holds this, on the same wire.
    """

    words: bytes
    at: int
    marker: str
    point: str
    after: bytes = b""
    seen: int = 0
    armed: Wire | None = None
    deaf: Wire | None = None

    async def pass_on(self, wire: Wire, side: Side, chunk: bytes, to: asyncio.StreamWriter) -> bool:
        if side == "answer" and wire is self.deaf:
            wire.abort()
            return False
        if side == "request" and self.after and self.after in chunk:
            self.armed = wire
        elif side == "request" and self.words in chunk and (not self.after or wire is self.armed):
            self.seen += 1
            self.armed = None
            if self.seen == self.at:
                mark(self.marker, self.point)
                self.deaf = wire
        to.write(chunk)
        await to.drain()
        return True


class FaultProxy:
    """`with FaultProxy.tcp(port, policy) as proxy:` listens on a loopback port of its own, `proxy.port`."""

    def __init__(
        self,
        policy: Policy,
        dial: Callable[[], Awaitable[Stream]],
        listen: Callable[[Callable[..., Awaitable[None]]], Awaitable[asyncio.Server]],
    ) -> None:
        self.policy = policy
        self.port = 0
        self._dial, self._listen = dial, listen
        self._numbers = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    @classmethod
    def tcp(cls, port: int, policy: Policy) -> Self:
        """In front of a loopback port."""
        return cls(
            policy,
            lambda: asyncio.open_connection("127.0.0.1", port),
            lambda serve: asyncio.start_server(serve, "127.0.0.1", 0),
        )

    @classmethod
    def unix(cls, server: Path, own: Path, policy: Policy) -> Self:
        """In front of a unix socket, listening on another one."""
        return cls(
            policy,
            lambda: asyncio.open_unix_connection(server),
            lambda serve: asyncio.start_unix_server(serve, own),
        )

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._listen(self._serve))  # type: ignore[arg-type]
        name = server.sockets[0].getsockname()
        self.port = name[1] if isinstance(name, tuple) else 0
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server = await self._dial()
        except OSError:
            writer.transport.abort()
            return
        self._numbers += 1
        wire = Wire(self._numbers, (reader, writer), server)
        await asyncio.gather(
            self._pump(wire, "request", reader, server[1]), self._pump(wire, "answer", server[0], writer)
        )

    async def _pump(self, wire: Wire, side: Side, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(_CHUNK):
                if not await self.policy.pass_on(wire, side, chunk, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            wire.abort()
        finally:
            writer.close()
