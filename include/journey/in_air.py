"""Requests in the air: each a coroutine with the intent it sends, and what becomes of them when a task must end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from include.errors import SamsvarError

#: After a stop, requests on the wire get this long to be answered (Airflow kills about 5 s after it asked).
DRAIN_SECONDS = 4.0

I = TypeVar("I", bound=Hashable)  # noqa: E741 - an intent


@dataclass(slots=True)
class InAir(Generic[I]):
    """What one sender has in the air. `on_wire` are the intents of which a first byte may have left."""

    on_wire: set[I] = field(default_factory=set)
    _tasks: dict[asyncio.Task[None], I] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, intent: I, sending: Coroutine[None, None, None]) -> None:
        """Sends it beside the others."""
        self._tasks[asyncio.create_task(sending)] = intent

    async def wait_for_room(self, seconds: float) -> None:
        """Until one has ended, but no longer than this. Raises what broke one."""
        done, _ = await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # a failure stays in `_tasks`: the drain gives its intent back
            del self._tasks[task]

    async def drain(self, patience: float, give_back: Callable[[Sequence[I]], Awaitable[None]]) -> SamsvarError | None:
        """Waits so many seconds for what is in the air; what never got to the wire is given back, the rest stays SENT:
        unknown. Returns an error of ours that broke one; raises any other.
        """
        if not self._tasks:
            return None
        _, late = await asyncio.wait(self._tasks, timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        broken = [task for task in self._tasks if task.cancelled() or task.exception() is not None]
        await give_back([self._tasks[task] for task in broken if self._tasks[task] not in self.on_wire])
        failed = [error for task in broken if not task.cancelled() and (error := task.exception()) is not None]
        self._tasks.clear()
        for error in failed[:1]:
            if not isinstance(error, SamsvarError):
                raise error
            return error
        return None
