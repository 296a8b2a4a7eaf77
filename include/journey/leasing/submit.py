"""Submit: send a party's pending changes of leaseholders, each at most once, those of one plate in their order.

The task carries no work list. Clearing, retrying or running it twice sends what is pending and nothing else. The first
change goes alone; its readable answer lets the others follow.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from include.errors import ConfigurationError, SamsvarError, ServiceUnavailable
from include.journey.leasing.told import told_of
from include.journey.streak import LONGEST_PAUSE, SendBy, Streak
from include.leasing.change import Leaseholder
from include.leasing.classify import Asked, classify
from include.leasing.message import PATH, body
from include.leasing.vault import Vault
from include.ledger import budget, leasing_sending
from include.ledger.leasing_sending import LeasingIntent
from include.ledger.sending import SEND_WITHIN
from include.ledger.warehouse import AsyncConnection, connect_async
from include.outcomes import Outcome
from include.vegvesen.answer import Answer
from include.vegvesen.client import Judge
from include.vegvesen.settings import VegvesenSettings

log = logging.getLogger(__name__)

AUTHORITY = "vegvesen"
DRAIN_SECONDS = 4.0
_LOOK_SECONDS = 2.0


class Sender(Protocol):
    """What is needed of the authority's client."""

    async def post(
        self,
        path: str,
        body: bytes,
        judge: Judge,
        *,
        may_send: Callable[[], bool] = ...,
        on_wire: Callable[[], None] = ...,
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class LeasingWork:
    """Whose changes are sent, in which run, and the owner that the intents name."""

    party: str
    run_id: str
    owner: str


@dataclass(frozen=True, slots=True)
class Sent:
    """How the sends of this try ended."""

    counts: Counter[Outcome]

    def sentence(self) -> str:
        """The counts that are not zero, in words."""
        order = (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.UNKNOWN, Outcome.NOT_SENT)
        parts = [f"{self.counts[one]} {one.value.replace('_', ' ')}" for one in order if self.counts[one]]
        return ", ".join(parts) or "nothing to send"


async def submit_changes(
    dsn: str, *, work: LeasingWork, settings: VegvesenSettings, sender: Sender, vault: Vault, stop: asyncio.Event
) -> Sent:
    """Sends what is pending. `stop` ends it early and cleanly.

    Raises ConfigurationError or ServiceUnavailable when the authority cannot be used, only after every answer is in the
    ledger. Unknown outcomes raise nothing.
    """
    async with connect_async(dsn) as claims, connect_async(dsn) as writing:
        flight = _Flight(work, settings, sender, vault, stop, claims, writing)
        try:
            await flight.fly()
        finally:
            await budget.release(claims, AUTHORITY, work.owner)
        if flight.streak.stopped_by is not None:
            raise flight.streak.stopped_by
        left = await leasing_sending.pending(claims, work.party, settings.environment)
        if left and stop.is_set():
            raise ServiceUnavailable(
                f"The task was asked to stop: {left} changes are not sent yet, a retry sends them."
            )
        if left:
            await _raise_if_switched_off(claims, work.party, left)
        return Sent(flight.counts)


async def _raise_if_switched_off(connection: AsyncConnection, party: str, left: int) -> None:
    cursor = await connection.execute(
        "SELECT reason, set_by FROM ledger.stop_switch WHERE authority = %s AND party IN ('', %s)", (AUTHORITY, party)
    )
    switch = await cursor.fetchone()
    if switch is not None:
        raise ConfigurationError(
            f"{left} changes wait: {switch['set_by']} set a stop switch ({switch['reason']}). Take it out with "
            "`python -m samsvar go --authority vegvesen`, then clear this task."
        )


@dataclass(slots=True)
class _Flight:
    work: LeasingWork
    settings: VegvesenSettings
    sender: Sender
    vault: Vault
    stop: asyncio.Event
    claims: AsyncConnection
    writing: AsyncConnection
    counts: Counter[Outcome] = field(default_factory=Counter)
    streak: Streak = field(default_factory=Streak)
    _tasks: dict[asyncio.Task[None], LeasingIntent] = field(default_factory=dict)
    _on_wire: set[int] = field(default_factory=set)
    _write: asyncio.Lock = field(default_factory=asyncio.Lock)
    _answered: bool = False
    _came_back: bool = False
    _pause: float = 0.0

    async def fly(self) -> None:
        """Sends until nothing is pending or something stops it; everything is accounted for when it returns."""
        try:
            while not self.stop.is_set() and self.streak.stopped_by is None:
                await self._fill()
                if self._tasks:
                    await self._wait_for_room()
                elif self._came_back:
                    self._came_back = False
                    await self._rest()
                else:
                    return
        except BaseException:
            self.stop.set()  # what was not written yet must not be, however this ends
            raise
        finally:
            await self._drain()

    async def _fill(self) -> None:
        share = await budget.lease(
            self.claims,
            AUTHORITY,
            self.work.owner,
            wanted=self.settings.max_parallel if self._answered else 1,
            budget=self.settings.max_parallel,
            in_use=len(self._tasks),
        )
        if not share:
            await asyncio.sleep(0.5 + random.random() / 2)  # noqa: S311 - jitter, not a secret
            self._came_back = self._came_back or not self._tasks
            return
        free = share - len(self._tasks)
        if free < 1:
            return
        # Taken before the claim: however long this process sleeps in between, the deadline is never too late.
        send_by = SendBy.within(SEND_WITHIN)
        intents = await leasing_sending.claim(
            self.claims,
            party=self.work.party,
            environment=self.settings.environment,
            owner=self.work.owner,
            run_id=self.work.run_id,
            most=free,
            settle=timedelta(seconds=self.settings.settle_seconds + self.settings.total_timeout),
        )
        for intent in intents:
            self._tasks[asyncio.create_task(self._send(intent, send_by))] = intent

    async def _send(self, intent: LeasingIntent, send_by: SendBy) -> None:
        holder = Leaseholder.unsealed(self.vault, intent.sealed)
        message = body(intent.handling, intent.kjennemerke, holder)
        asked = Asked(intent.kjennemerke, holder.number)
        answer = await self.sender.post(
            PATH,
            message,
            lambda exchange, where: classify(exchange, where, asked),
            may_send=lambda: send_by.is_ahead() and not self.stop.is_set(),
            on_wire=lambda: self._on_wire.add(intent.id),
        )
        async with self._write:
            await leasing_sending.record(
                self.writing,
                self.work.owner,
                intent,
                answer,
                request_mark=self.vault.mark("request", message),
                told=told_of(answer.body, holder),
            )
        self._on_wire.discard(intent.id)
        self._note(answer)

    def _note(self, answer: Answer) -> None:
        self.counts[answer.outcome] += 1
        self.streak.note(answer)
        self._answered = self._answered or answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED)
        if answer.outcome is Outcome.NOT_SENT:
            self._came_back = True
            grown = min(0.2 * 2 ** (self.streak.count + self.streak.limited), 30.0)
            self._pause = min(max(answer.retry_after or 0.0, grown), LONGEST_PAUSE)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._pause):
                await self.stop.wait()
        except TimeoutError:
            return

    async def _wait_for_room(self) -> None:
        done, _ = await asyncio.wait(self._tasks, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # a failure stays in `_tasks`: the drain gives its intent back
            del self._tasks[task]

    async def _drain(self) -> None:
        """Waits for what is on the wire; what never got there goes back to PENDING, the rest stays SENT: unknown."""
        if not self._tasks:
            return
        patience = DRAIN_SECONDS if self.stop.is_set() else self.settings.total_timeout + DRAIN_SECONDS
        _, late = await asyncio.wait(self._tasks, timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        broken = [task for task in self._tasks if task.cancelled() or task.exception() is not None]
        never = [self._tasks[task] for task in broken if self._tasks[task].id not in self._on_wire]
        await leasing_sending.give_back(self.claims, self.work.owner, never)
        failed = [error for task in broken if not task.cancelled() and (error := task.exception()) is not None]
        self._tasks.clear()
        for error in failed[:1]:
            if not isinstance(error, SamsvarError):
                raise error
            self.streak.stopped_by = self.streak.stopped_by or error
