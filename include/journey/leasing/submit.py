"""Submit: send a party's pending changes of leaseholders, each at most once, those of one plate in their order.

The task carries no work list. Clearing, retrying or running it twice sends what is pending and nothing else. The first
change goes alone; its readable answer lets the others follow.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol

from include.journey.in_air import DRAIN_SECONDS, InAir
from include.journey.leasing.told import told_of
from include.journey.sharing import RENEW_SECONDS, Pause, Share
from include.journey.stopped import why_unsent
from include.journey.streak import SendBy, Streak
from include.leasing.change import Leaseholder
from include.leasing.classify import Asked, classify
from include.leasing.message import PATH, body
from include.leasing.vault import Vault
from include.ledger import leasing_sending
from include.ledger.leasing_sending import LeasingIntent
from include.ledger.sending import SEND_WITHIN
from include.ledger.warehouse import AsyncConnection, connect_async
from include.outcomes import Outcome
from include.vegvesen.answer import Answer
from include.vegvesen.client import Judge
from include.vegvesen.settings import VegvesenSettings

AUTHORITY = "vegvesen"


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
        await flight.fly()
        left = await leasing_sending.pending(claims, work.party, settings.environment)
        error = flight.streak.stopped_by or await why_unsent(
            claims, AUTHORITY, work.party, left=left, what="changes", stop=stop
        )
        if error is not None:
            raise error
        return Sent(flight.counts)


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
    _air: InAir[LeasingIntent] = field(default_factory=InAir)
    _write: asyncio.Lock = field(default_factory=asyncio.Lock)
    _answered: bool = False
    _came_back: bool = False
    _share: Share = field(init=False)
    _pause: Pause = field(init=False)

    def __post_init__(self) -> None:
        self._share = Share(self.claims, AUTHORITY, self.work.owner, self.settings.max_parallel, self.stop)
        self._pause = Pause(self.stop)

    async def fly(self) -> None:
        """Sends until nothing is pending or something stops it; everything is accounted for when it returns."""
        try:
            while not self._must_end():
                await self._pause.sit_out()
                await self._share.renewed(self.settings.max_parallel if self._answered else 1, in_use=len(self._air))
                await self._fill()
                if self._air:
                    await self._air.wait_for_room(RENEW_SECONDS)
                elif self._came_back:
                    self._came_back = False  # what was not sent is pending again: it is claimed once more
                else:
                    return
        except BaseException:
            self.stop.set()  # what was not written yet must not be, however this ends
            raise
        finally:
            try:
                await self._drain()
            finally:
                await self._share.give_back()

    def _must_end(self) -> bool:
        return self.stop.is_set() or self.streak.stopped_by is not None

    async def _fill(self) -> None:
        """Claims for the free part of the share."""
        free = self._share.size - len(self._air)
        if free < 1 or self._must_end():
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
            self._air.start(intent, self._send(intent, send_by))

    async def _send(self, intent: LeasingIntent, send_by: SendBy) -> None:
        holder = Leaseholder.unsealed(self.vault, intent.sealed)
        message = body(intent.handling, intent.kjennemerke, holder)
        asked = Asked(intent.kjennemerke, holder.number)
        answer = await self.sender.post(
            PATH,
            message,
            lambda exchange, where: classify(exchange, where, asked),
            may_send=lambda: send_by.is_ahead() and not self.stop.is_set(),
            on_wire=lambda: self._air.on_wire.add(intent),
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
        self._air.on_wire.discard(intent)
        self._note(answer)

    def _note(self, answer: Answer) -> None:
        self.counts[answer.outcome] += 1
        self.streak.note(answer)
        self._pause.note(answer, self.streak)
        self._came_back = self._came_back or answer.outcome is Outcome.NOT_SENT
        if not self._answered and answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
            self._answered = True
            self._share.ask_anew()  # the first change went out with a share of one

    async def _drain(self) -> None:
        """Waits for what is on the wire; what never got there goes back to PENDING, the rest stays SENT: unknown."""
        patience = DRAIN_SECONDS if self.stop.is_set() else self.settings.total_timeout + DRAIN_SECONDS
        failed = await self._air.drain(patience, partial(leasing_sending.give_back, self.claims, self.work.owner))
        self.streak.stopped_by = self.streak.stopped_by or failed
