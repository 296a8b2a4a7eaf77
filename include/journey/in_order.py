"""Files are read in any order and by several readers, and committed group by group in the order of the listing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from include.journey.progress import Progress
from include.journey.sorting import Sorted


class InOrder:
    """Commits one group after the other while the next ones are being read. Left with `async with`, it is done.

    `sightings` is the order, `group` how many are committed together. `commit` runs in a thread.
    """

    def __init__(
        self, sightings: Sequence[int], group: int, commit: Callable[[Sequence[Sorted]], None], progress: Progress
    ) -> None:
        self._commit, self._progress = commit, progress
        self._group_of = {sighting: at // group for at, sighting in enumerate(sightings)}
        self._sizes = [min(group, len(sightings) - begin) for begin in range(0, len(sightings), group)]
        self._groups: list[list[asyncio.Future[Sorted]]] = [[] for _ in self._sizes]
        self._next = 0
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> InOrder:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Waits in any case: the connection must not be closed under a thread that uses it."""
        if self._task is not None:
            await asyncio.wait([self._task])
            failed = self._task.exception()
            if kind is None and failed is not None:
                raise failed
        if kind is None:
            self._progress.finish()

    async def took(self, sighting: int, found: asyncio.Future[Sorted]) -> None:
        """One more file was read. Waits when a group is full and the one before it is not committed yet; raises what
        went wrong with that one."""
        number = self._group_of[sighting]
        self._groups[number].append(found)
        if not self._is_full(number):
            return
        async with self._turn:
            while self._next < len(self._sizes) and self._is_full(self._next):
                if self._task is not None:
                    await self._task
                self._task = asyncio.create_task(self._commit_group(self._groups[self._next]))
                self._groups[self._next] = []
                self._next += 1

    def _is_full(self, number: int) -> bool:
        return len(self._groups[number]) == self._sizes[number]

    async def _commit_group(self, group: Sequence[asyncio.Future[Sorted]]) -> None:
        found = await asyncio.gather(*group)
        await asyncio.to_thread(self._commit, found)
        self._progress.add(len(found))
