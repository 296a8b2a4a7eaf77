"""When a sender may go on: its share of the authority's budget, and the pause after a send that never left.

One mechanism for every stream. A wait ends at once when the task is asked to stop.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from include.journey.streak import LONGEST_PAUSE, Streak
from include.ledger import budget
from include.ledger.warehouse import AsyncConnection
from include.outcomes import Outcome
from include.vegvesen.answer import Answer

#: Seconds after which a share is renewed, long before it runs out.
RENEW_SECONDS = 2.0
_FIRST_PAUSE, _GROWN_PAUSE = 0.2, 30.0


@dataclass(slots=True)
class Share:
    """One sender's share of the slots that an authority gives to the whole installation."""

    connection: AsyncConnection
    authority: str
    owner: str
    most: int
    stop: asyncio.Event
    size: int = 0
    _renew_at: float = 0.0

    async def renewed(self, wanted: int, in_use: int = 0) -> int:
        """The share's size, at most `wanted`; waits for one while every slot is taken and nothing of ours is in flight.

        0 where requests are in flight and others hold the rest, or where the task is asked to stop.
        """
        while not self.stop.is_set() and (self._is_due() or not (self.size or in_use)):
            self.size = await budget.lease(
                self.connection, self.authority, self.owner, wanted=wanted, budget=self.most, in_use=in_use
            )
            self._renew_at = time.monotonic() + RENEW_SECONDS
            if self.size or in_use:
                break
            await asyncio.sleep(0.5 + random.random() / 2)  # noqa: S311 - jitter, not a secret
        return self.size

    def _is_due(self) -> bool:
        return time.monotonic() >= self._renew_at

    def ask_anew(self) -> None:
        """The next look at the share asks the warehouse: another size is wanted now."""
        self._renew_at = 0.0

    async def give_back(self) -> None:
        """At once, also where the warehouse has gone."""
        await budget.release(self.connection, self.authority, self.owner)


@dataclass(slots=True)
class Pause:
    """The wait after sends that never left: it grows with their number, with jitter, and honours Retry-After."""

    stop: asyncio.Event
    _until: float = 0.0

    def note(self, answer: Answer, streak: Streak) -> None:
        """Takes an answer into account. An expired intent is our own delay and nobody's wish for a pause."""
        if answer.outcome is not Outcome.NOT_SENT or answer.error_class == "expired_intent":
            return
        grown = min(_FIRST_PAUSE * 2 ** (streak.count + streak.limited), _GROWN_PAUSE)
        jittered = grown * (0.5 + random.random())  # noqa: S311 - jitter, not a secret
        seconds = min(max(answer.retry_after or 0.0, jittered), LONGEST_PAUSE)
        self._until = max(self._until, time.monotonic() + seconds)

    async def sit_out(self) -> None:
        """Returns when the pause is over or the task is asked to stop."""
        left = self._until - time.monotonic()
        if left > 0:
            try:
                async with asyncio.timeout(left):
                    await self.stop.wait()
            except TimeoutError:
                return
