"""One SFTP session over SSH: many requests in flight, each answered through a future.

A watchdog gives the session up when the server falls silent, so that a stalled server or a blocking special file can
never hold a run.
"""

from __future__ import annotations

import asyncio
from typing import Any

import asyncssh

from include.drop import wire

_Reply = tuple[int, bytes]

OVERDUE_FACTOR = 4
"""A single request may wait this many times the silence limit while other answers still arrive."""


class ChannelLostError(Exception):
    """The session ended; `reason` is a clause for the operator's sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SftpChannel(asyncssh.SSHClientSession[bytes]):
    """The client's end of an SFTP session. `silence` is the longest wait in seconds for any answer."""

    def __init__(self, silence: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._silence = silence
        self._channel: Any = None
        self._waiting: dict[int, tuple[float, asyncio.Future[_Reply]]] = {}
        self._received = bytearray()
        self._outgoing: list[bytes] = []
        self._next_id = 0
        self._last_heard = self._loop.time()
        self._lost: ChannelLostError | None = None
        self._version: asyncio.Future[bytes] = self._loop.create_future()
        self._watchdog: asyncio.TimerHandle | None = None
        self.extensions: dict[bytes, bytes] = {}
        self.read_length = 32_768
        self.write_length = 32_768

    # --- what asyncssh calls

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self._channel = chan

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        if datatype is not None:
            return
        self._last_heard = self._loop.time()
        received = self._received
        received += data
        at, have = 0, len(received)
        while have - at >= 4:
            length = int.from_bytes(received[at : at + 4], "big")
            if not 0 < length <= wire.LARGEST_PACKET:
                self.give_up("sent bytes that are not SFTP")
                return
            if have - at < 4 + length:
                break
            self._answer(bytes(memoryview(received)[at + 4 : at + 4 + length]))
            at += 4 + length
        if at:
            del received[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # the library's text may quote the other side
        self._end(ChannelLostError("closed the connection"))

    # --- what the drop calls

    async def start(self) -> None:
        """Agree on version 3 and learn the server's limits.

        :raises ChannelLostError: the server ended the session or speaks something else
        """
        self._watchdog = self._loop.call_later(self._silence / 4, self._watch)
        self._write(bytes([wire.INIT]) + wire.uint32(3))
        try:
            version, self.extensions = wire.extensions(await asyncio.wait_for(self._version, self._silence))
        except (TimeoutError, wire.BadMessageError):
            self.give_up("does not speak SFTP")
            raise ChannelLostError("does not speak SFTP") from None
        if version != 3:
            self.give_up("does not speak SFTP version 3")
        if wire.LIMITS in self.extensions:
            read_length, write_length = wire.limits(await self.ask(wire.EXTENDED, wire.string(wire.LIMITS)))
            self.read_length = min(read_length or self.read_length, 262_144)
            self.write_length = min(write_length or self.write_length, 262_144)

    def post(self, kind: int, body: bytes) -> asyncio.Future[_Reply]:
        """Send one request; the future holds (kind, body) of its reply."""
        future: asyncio.Future[_Reply] = self._loop.create_future()
        if self._lost is not None:
            future.set_exception(self._lost)
            return future
        number = self._next_id
        self._next_id = (number + 1) & 0xFFFFFFFF
        self._waiting[number] = (self._loop.time(), future)
        self._write(bytes([kind]) + wire.uint32(number) + body)
        return future

    async def ask(self, kind: int, body: bytes) -> bytes:
        """Send one request and wait for its reply's body.

        :raises StatusError: the server says no
        :raises ChannelLostError: the session ended
        """
        answered, reply = await self.post(kind, body)
        if answered == wire.STATUS:
            code = wire.status_code(reply)
            if code != wire.FX_OK:
                raise wire.StatusError(code)
        return reply

    def forget(self, handle: bytes) -> None:
        """Close a handle without waiting; a failing close of a file that was only read means nothing."""
        self.post(wire.CLOSE, wire.string(handle)).add_done_callback(lambda done: done.cancelled() or done.exception())

    def give_up(self, reason: str) -> None:
        """End the session; every request in flight fails with `reason`."""
        self._end(ChannelLostError(reason))
        if self._channel is not None:
            self._channel.abort()

    @property
    def lost(self) -> ChannelLostError | None:
        """Why the session ended, or None while it lives."""
        return self._lost

    # --- inside

    def _write(self, packet: bytes) -> None:
        """Requests made in the same turn of the loop leave as one SSH packet, which halves the cost of a file."""
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(wire.uint32(len(packet)) + packet)

    def _flush(self) -> None:
        packets, self._outgoing = self._outgoing, []
        if self._lost is not None:
            return
        try:
            self._channel.write(b"".join(packets))
        except (OSError, asyncssh.Error):
            self._end(ChannelLostError("closed the connection"))

    def _answer(self, packet: bytes) -> None:
        if packet[0] == wire.VERSION:
            if not self._version.done():
                self._version.set_result(packet[1:])
            return
        waiting = self._waiting.pop(int.from_bytes(packet[1:5], "big"), None)
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result((packet[0], packet[5:]))

    def _watch(self) -> None:
        """Give up when nothing was heard for too long although an answer is due."""
        if self._lost is not None:
            return
        now = self._loop.time()
        oldest = next(iter(self._waiting.values()), None)
        if oldest is not None:
            waited = now - oldest[0]
            silent = min(waited, now - self._last_heard) > self._silence
            if silent or waited > self._silence * OVERDUE_FACTOR:
                self.give_up(f"did not answer for {waited:.0f} seconds")
                return
        self._watchdog = self._loop.call_later(self._silence / 4, self._watch)

    def _end(self, lost: ChannelLostError) -> None:
        if self._lost is not None:
            return
        self._lost = lost
        if self._watchdog is not None:
            self._watchdog.cancel()
        waiting, self._waiting = self._waiting, {}
        for _, future in waiting.values():
            if not future.done():
                future.set_exception(lost)
        if not self._version.done():
            self._version.set_exception(lost)
            self._version.exception()  # marks it as seen: nobody waits when the session ends before start()
