"""The evidence writer: answers are written in groups, at the latest 200 ms after they came."""

from __future__ import annotations

import asyncio
from collections import Counter

from include.journey.progress import Progress
from include.ledger import sending
from include.ledger.sending import Intent
from include.ledger.warehouse import AsyncConnection
from include.outcomes import Outcome
from include.vegvesen.answer import Answer

GROUP = 64
"""Answers that may be waiting or on their way to the ledger before fewer documents are sent."""
FULL = 48
"""Answers that are written together: what comes while they are written then still fits within GROUP."""
FLUSH_SECONDS = 0.2


class EvidenceWriter:
    """Takes answers from many coroutines and commits them in order of arrival, in groups of at most FULL.

    A failing warehouse ends the writer; `add` and `finish` then raise its error, and what is not written stays SENT
    in the ledger: unknown, never lost.
    """

    def __init__(self, connection: AsyncConnection, owner: str, progress: Progress) -> None:
        self.counts: Counter[Outcome] = Counter()
        self._connection = connection
        self._owner = owner
        self._progress = progress
        self._queue: asyncio.Queue[tuple[Intent, Answer] | None] = asyncio.Queue()
        self._gathered: list[tuple[Intent, Answer]] = []
        self._task = asyncio.create_task(self._write())

    def add(self, intent: Intent, answer: Answer) -> None:
        """Hands over one answer."""
        if self._task.done():
            self._task.result()
        self._queue.put_nowait((intent, answer))

    @property
    def overhang(self) -> int:
        """Answers handed over and not committed, beyond one group: so many more a killed task would leave unknown."""
        if self._task.done():
            self._task.result()
        return max(0, len(self._gathered) + self._queue.qsize() - GROUP)

    async def flush(self) -> None:
        """Waits until everything that was handed over so far is committed, or the writer has failed."""
        written = asyncio.ensure_future(self._queue.join())
        await asyncio.wait({written, self._task}, return_when=asyncio.FIRST_COMPLETED)
        written.cancel()

    async def finish(self) -> None:
        """Waits until everything that was handed over is committed."""
        self._queue.put_nowait(None)
        await self._task

    async def _write(self) -> None:
        try:
            while (first := await self._queue.get()) is not None:
                more = await self._gather(first)
                await self._commit()
                if not more:
                    return
        except asyncio.CancelledError:
            await self._last_words()
            raise

    async def _commit(self) -> None:
        group = self._gathered
        await sending.record(self._connection, self._owner, group)
        self._gathered = []
        self.counts.update(answer.outcome for _, answer in group)
        self._progress.add(len(group))
        for _ in group:
            self._queue.task_done()

    async def _last_words(self) -> None:
        """The task is being ended: answers that were received are still written, in one last group."""
        while not self._queue.empty():
            item = self._queue.get_nowait()
            if item is not None:
                self._gathered.append(item)
        if self._gathered:
            await self._commit()

    async def _gather(self, first: tuple[Intent, Answer]) -> bool:
        """`first` and what else comes until the group is full or its time is up; False once the end was seen."""
        self._gathered = [first]
        deadline = asyncio.get_running_loop().time() + FLUSH_SECONDS
        while len(self._gathered) < FULL:
            try:
                async with asyncio.timeout_at(deadline):
                    item = await self._queue.get()
            except TimeoutError:
                break
            if item is None:
                return False
            self._gathered.append(item)
        return True
