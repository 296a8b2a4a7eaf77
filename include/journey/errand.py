"""One party's presentations on their way: claims what may be sent, sends it, writes the evidence as answers come."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from include.errors import RateLimited, SamsvarError, ServiceUnavailable
from include.journey.in_air import DRAIN_SECONDS
from include.journey.sharing import RENEW_SECONDS, Share
from include.journey.streak import LONGEST_PAUSE, STREAK, SendBy
from include.ledger import presenting
from include.ledger.presenting import AUTHORITY, SEND_WITHIN, Intent
from include.ledger.warehouse import AsyncConnection
from include.outcomes import Outcome
from include.toll.answer import Answer
from include.toll.presentation import Consignment


class Presenter(Protocol):
    """What is needed of the authority's client."""

    async def present(
        self,
        request_id: UUID,
        consignment: Consignment,
        *,
        may_send: Callable[[], bool] = ...,
        on_wire: Callable[[], None] = ...,
    ) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How the authority is used: requests in flight in the whole installation, and seconds after which one is lost."""

    environment: str
    max_parallel: int
    total_timeout: float
    settle_seconds: float


@dataclass(slots=True)
class Presented:
    """How the sends of this try ended."""

    counts: Counter[str] = field(default_factory=Counter)

    def sentence(self) -> str:
        """The counts that are not zero, in words."""
        words = {"accepted": "taken by customs", "refused": "refused", "arrived": "had arrived before",
                 "unknown": "unknown, to be repeated", "not_sent": "not sent"}  # fmt: skip
        parts = [f"{self.counts[kind]} {word}" for kind, word in words.items() if self.counts[kind]]
        return ", ".join(parts) or "nothing to present"


@dataclass(slots=True)
class Errand:
    """One party's presentations on their way. `stop` is set from outside (a killed task): nothing more is claimed."""

    party: str
    run_id: str
    owner: str
    pace: Pace
    presenter: Presenter
    connection: AsyncConnection
    stop: asyncio.Event
    try_number: int = 1
    result: Presented = field(default_factory=Presented)
    stopped_by: SamsvarError | None = None
    last: Answer | None = None
    _tasks: dict[asyncio.Task[Answer], Intent] = field(default_factory=dict)
    _on_wire: set[UUID] = field(default_factory=set)
    _streak: tuple[str, int] = ("", 0)
    share: Share = field(init=False)

    def __post_init__(self) -> None:
        self.share = Share(self.connection, AUTHORITY, self.owner, self.pace.max_parallel, self.stop)

    async def send(self, most: int | None = None) -> bool:
        """Sends until nothing may be sent, or one after the other up to `most`. False when there was nothing.

        Raises what stopped it, after everything that was claimed is accounted for.
        """
        sent = 0
        self.share.ask_anew()
        try:
            while not self._must_end():
                share = await self.share.renewed(most or self.pace.max_parallel, in_use=len(self._tasks))
                free = min(share, most - sent if most else share) - len(self._tasks)
                sent += await self._fill(free)
                if not self._tasks:
                    break
                await self._take_answers()
        except BaseException:
            self.stop.set()  # what was not written yet must not be, however this ends
            raise
        finally:
            await self._drain()
        if self.stopped_by is not None:
            raise self.stopped_by
        return sent > 0

    def _must_end(self) -> bool:
        return self.stop.is_set() or self.stopped_by is not None

    async def _fill(self, free: int) -> int:
        """Claims for the free part of the share; how many were claimed."""
        if free < 1 or self._must_end():
            return 0
        # Taken before the claim: however long this process sleeps in between, the deadline is never too late.
        send_by = SendBy.within(SEND_WITHIN)
        intents = await presenting.claim(
            self.connection,
            party=self.party,
            environment=self.pace.environment,
            owner=self.owner,
            most=free,
            settle=timedelta(seconds=self.pace.settle_seconds + self.pace.total_timeout),
        )
        for intent in intents:
            self._tasks[asyncio.create_task(self._present(intent, send_by))] = intent
        return len(intents)

    async def _present(self, intent: Intent, send_by: SendBy) -> Answer:
        return await self.presenter.present(
            intent.request_id,
            intent.consignment,
            may_send=lambda: send_by.is_ahead() and not self.stop.is_set(),
            on_wire=lambda: self._on_wire.add(intent.request_id),
        )

    async def _take_answers(self, timeout: float = RENEW_SECONDS) -> None:
        """Waits for answers and writes the evidence of all that have come, in one transaction."""
        done, _ = await asyncio.wait(self._tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        answers: list[tuple[Intent, Answer]] = []
        broken: list[Intent] = []
        for task in done:
            intent = self._tasks.pop(task)
            answer = self._answer_of(task)
            if answer is None:
                broken.append(intent)
            else:
                answers.append((intent, answer))
                self._note(answer)
        await presenting.record(self.connection, self.owner, answers)
        await presenting.give_back(
            self.connection, self.owner, [one for one in broken if one.request_id not in self._on_wire]
        )

    def _answer_of(self, task: asyncio.Task[Answer]) -> Answer | None:
        """The answer; also of a call that was turned away, which stops everything. None: there was no send at all."""
        if task.cancelled():
            return None
        error = task.exception()
        if error is None:
            return task.result()
        if not isinstance(error, SamsvarError):
            raise error
        self.stopped_by = self.stopped_by or error
        found = getattr(error, "answer", None)
        return found if isinstance(found, Answer) else None

    def _note(self, answer: Answer) -> None:
        """Counts; five equal bad ends in a row, or a wish for a pause, stop the party for now."""
        self.last = answer
        kind = "arrived" if answer.already_used else str(answer.outcome)
        self.result.counts[kind] += 1
        if answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
            self._streak = ("", 0)
            return
        if answer.http_status == 429:
            wait = answer.retry_after or LONGEST_PAUSE
            self.stopped_by = self.stopped_by or RateLimited(answer.sentence, retry_after=wait)
            return
        if answer.error_class == "expired_intent":
            return
        end = f"{answer.outcome}:{answer.http_status}:{answer.error_class}"
        self._streak = (end, self._streak[1] + 1 if end == self._streak[0] else 1)
        if self._streak[1] >= STREAK:
            self.stopped_by = self.stopped_by or ServiceUnavailable(
                f"{self._streak[1]} presentations in a row ended the same way ({answer.sentence}) A retry goes on; "
                "what is unknown is sent again under the same requestId, which customs counts once."
            )

    async def _drain(self) -> None:
        """Waits for what is on the wire; what stays unanswered is SENT in the ledger and becomes UNKNOWN."""
        patience = DRAIN_SECONDS if self.stop.is_set() else self.pace.total_timeout + DRAIN_SECONDS
        deadline = time.monotonic() + patience
        while self._tasks and time.monotonic() < deadline:
            await self._take_answers(deadline - time.monotonic())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._tasks:
            await self._take_answers()
