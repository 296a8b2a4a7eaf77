"""Sends one lot: claims what it can put on the wire at once, sends it, hands the answers to the evidence writer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from include.errors import BytesMissing, SamsvarError
from include.journey.baseline import Ahead
from include.journey.evidence import EvidenceWriter
from include.journey.in_air import DRAIN_SECONDS, InAir
from include.journey.sharing import RENEW_SECONDS, Pause, Share
from include.journey.streak import SendBy, Streak
from include.ledger import sending
from include.ledger.content import ContentStore
from include.ledger.sending import SEND_WITHIN, Intent
from include.ledger.warehouse import AsyncConnection
from include.outcomes import Outcome
from include.vegvesen.answer import Answer
from include.vegvesen.avgift import Avgiftsklassifisering
from include.vegvesen.messages import create_body
from include.vegvesen.settings import VegvesenSettings

log = logging.getLogger(__name__)

AUTHORITY = "vegvesen"
#: A claim is worth its round trip once this part of the share is free: at a quarter an eighth of all slots stood idle.
_CLAIM_PART = 16
_QUEUE_SECONDS = SEND_WITHIN.total_seconds() / 3


class Sender(Protocol):
    """What a flight needs of the authority's client."""

    async def create(
        self, body: bytes, *, may_send: Callable[[], bool] = ..., on_wire: Callable[[], None] = ...
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Work:
    """Whose lot is flown: the key of every claim, the owner that its intents name, and the how manieth try it is."""

    party: str
    run_id: str
    lot_no: int
    owner: str
    try_number: int = 1


@dataclass(slots=True)
class Flight:
    """One lot in the air. `stop` is set from outside (a killed task): nothing more is claimed, the rest drains."""

    work: Work
    settings: VegvesenSettings
    sender: Sender
    store: ContentStore
    claims: AsyncConnection
    evidence: EvidenceWriter
    stop: asyncio.Event
    ahead: Ahead = field(default_factory=Ahead)
    streak: Streak = field(default_factory=Streak)
    _air: InAir[Intent] = field(default_factory=InAir)
    _came_back: bool = False
    passed_over: list[UUID] = field(default_factory=list)  # the store lacks their bytes: not claimed again by this try
    _share: Share = field(init=False)
    _pause: Pause = field(init=False)

    def __post_init__(self) -> None:
        self._share = Share(self.claims, AUTHORITY, self.work.owner, self.settings.max_parallel, self.stop)
        self._pause = Pause(self.stop)

    async def send_one(self) -> Answer | None:
        """Sends a single document and waits for its end; None when nothing can be claimed."""
        await self._share.renewed(1)
        answers: list[Answer] = []
        for intent, send_by in await self._claim(1):
            try:
                await self._send(intent, send_by, answers.append)
            except BaseException:
                if intent not in self._air.on_wire:
                    await sending.give_back(self.claims, self.work.owner, [intent])
                raise
        return answers[0] if answers else None

    async def send_all(self, should_stop: Callable[[], Awaitable[SamsvarError | None]]) -> None:
        """Sends until nothing is pending. Raises what stopped it, after everything is accounted for."""
        self._share.ask_anew()  # the first document went out with a share of one
        try:
            while not self._must_end():
                heard = await should_stop()
                self.streak.stopped_by = self.streak.stopped_by or heard
                await self._pause.sit_out()
                await self._share.renewed(self.settings.max_parallel, in_use=len(self._air))
                if self._must_end():  # seen while waiting: not one more document is claimed
                    break
                if await self._fill():
                    await self._air.wait_for_room(RENEW_SECONDS)
                elif self._came_back:
                    self._came_back = False
                    await self.evidence.flush()  # what was not sent is pending again: it is claimed once more
                else:
                    break
        except BaseException:
            self.stop.set()  # what was not written yet must not be, however this ends
            raise
        finally:
            await self._drain()
        if self.streak.stopped_by is not None:
            raise self.streak.stopped_by

    def _must_end(self) -> bool:
        return self.stop.is_set() or self.streak.stopped_by is not None

    async def land(self) -> None:
        """Gives the share of the budget back."""
        await self._share.give_back()

    async def _fill(self) -> bool:
        """Claims for the free part of the share. False when nothing is pending and nothing is on the way.

        Less is free while evidence waits: what a killed task leaves unknown stays within the share and one group.
        """
        if self.evidence.overhang and not self._air:
            await self.evidence.flush()
        most = min(self._share.size, self._queue_that_moves())
        free = most - len(self._air) - self.evidence.overhang
        if free < max(1, most // _CLAIM_PART) and self._air:
            return True
        for intent, send_by in await self._claim(free) if free > 0 else []:
            self._air.start(intent, self._send(intent, send_by))
        return bool(self._air)

    def _queue_that_moves(self) -> int:
        """With a rate limit only what leaves within seconds is claimed: an intent that queues too long expires."""
        rate = self.settings.rate_per_second
        return self.settings.max_parallel if not rate else max(1, int(rate * _QUEUE_SECONDS))

    async def _claim(self, most: int) -> list[tuple[Intent, SendBy]]:
        settle = timedelta(seconds=self.settings.settle_seconds + self.settings.total_timeout)
        while True:
            # Taken before the claim: however long this process sleeps in between, the deadline is never too late.
            send_by, upto = SendBy.within(SEND_WITHIN), self.ahead.upto
            intents = await sending.claim(
                self.claims,
                party=self.work.party,
                run_id=self.work.run_id,
                lot_no=self.work.lot_no,
                owner=self.work.owner,
                most=most,
                settle=settle,
                upto=upto,
                but=self.passed_over,
            )
            if intents or upto is None or self._air or self.stop.is_set():
                return [(intent, send_by) for intent in intents]
            await self.ahead.wait()

    async def _send(self, intent: Intent, send_by: SendBy, told: Callable[[Answer], None] = lambda _: None) -> None:
        try:
            body = self._body(intent)
        except BytesMissing as error:
            self.passed_over.append(intent.id)
            log.error("%s, lot %d: %s", self.work.party, self.work.lot_no, error)
            await sending.set_aside(self.claims, self.work.owner, intent, str(error))
            return
        answer = await self.sender.create(
            body,
            may_send=lambda: send_by.is_ahead() and not self.stop.is_set(),
            on_wire=lambda: self._air.on_wire.add(intent),
        )
        self.streak.note(answer)
        self._pause.note(answer, self.streak)
        self._came_back = self._came_back or answer.outcome is Outcome.NOT_SENT
        self.evidence.add(intent, answer)
        self._air.on_wire.discard(
            intent
        )  # not before its evidence is taken over: what was answered is never given back
        told(answer)

    def _body(self, intent: Intent) -> bytes:
        avgift = Avgiftsklassifisering(intent.avgiftskode, intent.seats, intent.camper_beds)
        content = self.store.get(intent.sha256)
        return create_body(content, intent.ivi_reference, avgift, self.settings.request_shape)

    async def _drain(self) -> None:
        """Waits for what is on the wire; what never got there goes back to PENDING, the rest stays SENT: unknown."""
        patience = DRAIN_SECONDS if self.stop.is_set() else self.settings.total_timeout + DRAIN_SECONDS
        failed = await self._air.drain(patience, partial(sending.give_back, self.claims, self.work.owner))
        self.streak.stopped_by = self.streak.stopped_by or failed
