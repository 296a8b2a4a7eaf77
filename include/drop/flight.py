"""Keeping a bounded number of things under way, handing out results as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Budget:
    """Bytes that may be in memory at once, so that sixty-four large files do not add up to a dead worker."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self.room = asyncio.Event()

    def share(self) -> Share:
        """A share for one file, empty at first."""
        return Share(self)


class Share:
    """What one file holds of a budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._taken = 0

    async def take(self, wanted: int) -> None:
        """Wait for room for `wanted` bytes; a file larger than the whole budget waits until it is alone."""
        budget, wanted = self._budget, min(wanted, self._budget.limit)
        while budget.used + wanted > budget.limit:
            budget.room.clear()
            await budget.room.wait()
        budget.used += wanted
        self._taken = wanted

    def give_back(self) -> None:
        """Make room for others."""
        self._budget.used -= self._taken
        self._taken = 0
        self._budget.room.set()


async def in_flight(
    one: Callable[[_Item], Awaitable[_Result]], items: Iterable[_Item], width: int
) -> AsyncGenerator[_Result]:
    """Run `one` on every item, `width` at once; at most `width` finished results wait for the reader.

    The first exception ends everything, after the results that were ready. Leaving early cancels what is under way.
    """
    ready: asyncio.Queue[_Result | None] = asyncio.Queue(width)
    waiting = iter(items)
    workers = [asyncio.ensure_future(_work(one, waiting, ready)) for _ in range(width)]
    everything = asyncio.gather(*workers)
    finish = asyncio.ensure_future(_finish(everything, ready))
    try:
        while (result := await ready.get()) is not None:
            yield result
        await everything
    finally:
        finish.cancel()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(finish, everything, *workers, return_exceptions=True)


async def _work(
    one: Callable[[_Item], Awaitable[_Result]], waiting: Iterator[_Item], ready: asyncio.Queue[_Result | None]
) -> None:
    for item in waiting:
        await ready.put(await one(item))


async def _finish(everything: asyncio.Future[list[None]], ready: asyncio.Queue[_Result | None]) -> None:
    """Put the end mark behind the last result, whether the work succeeded or failed."""
    await asyncio.wait([everything])
    await ready.put(None)
