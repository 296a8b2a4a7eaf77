"""Submit: send one lot of a run to Statens vegvesen, each document exactly once.

The task carries no work list: it asks the ledger what is PENDING in its lot. Clearing, retrying or running it twice
therefore sends what is open and nothing else, and says so when that is nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from dataclasses import dataclass

from include.config.party import Party
from include.errors import SamsvarError, ServiceUnavailable
from include.journey.baseline import Asking, asked_ahead
from include.journey.evidence import EvidenceWriter
from include.journey.flight import Flight, Sender, Work
from include.journey.holding import decide
from include.journey.left_behind import left_behind, pending
from include.journey.progress import Progress
from include.journey.streak import STREAK
from include.ledger import deletion_requests, gate, opening
from include.ledger.content import ContentStore
from include.ledger.warehouse import AsyncConnection, Connection, connect_async
from include.outcomes import Outcome
from include.vegvesen.answer import Answer
from include.vegvesen.settings import VegvesenSettings

log = logging.getLogger(__name__)
_GATE_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Submitted:
    """How the sends of this try ended."""

    accepted: int
    refused: int
    unknown: int
    not_sent: int

    @classmethod
    def of(cls, counts: Counter[Outcome]) -> Submitted:
        """From the evidence writer's counts."""
        return cls(counts[Outcome.ACCEPTED], counts[Outcome.REFUSED], counts[Outcome.UNKNOWN], counts[Outcome.NOT_SENT])

    @property
    def total(self) -> int:
        """Everything that was tried."""
        return self.accepted + self.refused + self.unknown + self.not_sent

    def sentence(self) -> str:
        """The counts that are not zero, in words."""
        words = ("accepted", "refused", "unknown", "not_sent")
        parts = [f"{getattr(self, word)} {word.replace('_', ' ')}" for word in words if getattr(self, word)]
        return ", ".join(parts) or "nothing sent"


def open_lot(connection: Connection, party: Party, run_id: str, lot_no: int) -> int:
    """Opens a submission for every valid document of the lot, or holds it with a reason; how many were opened."""
    documents = opening.valid_documents(connection, party.id, run_id, lot_no)
    taken: set[tuple[str | None, ...]] = set()
    openings = [decide(party, document, taken) for document in documents]
    opened = opening.record(connection, party.id, run_id, lot_no, party.sender, openings)
    corrected = [(one.replaces, one.document.document_id) for one in openings if one.replaces is not None]
    deletion_requests.ask_for_revision(connection, party.id, corrected)
    connection.commit()
    return opened


async def submit_lot(
    dsn: str,
    *,
    work: Work,
    label: str,
    settings: VegvesenSettings,
    sender: Sender,
    store: ContentStore,
    stop: asyncio.Event,
    asking: Asking | None = None,
) -> Submitted:
    """Sends what is PENDING in one lot. `label` names importer and lot in the log; `stop` ends it early and cleanly.
    With `asking` the register is asked about each vehicle before its document is sent.

    Raises ConfigurationError when the authority can not be used as configured, ServiceUnavailable when it is down, both
    only after every answer is in the ledger. Unknown outcomes raise nothing.
    """
    async with connect_async(dsn) as claims, connect_async(dsn) as writing, asked_ahead(dsn, asking, work) as ahead:
        evidence = EvidenceWriter(writing, work.owner, Progress(f"{label} · sent", await pending(claims, work)))
        flight = Flight(work, settings, sender, store, claims, evidence, stop, ahead)
        error: SamsvarError | None = None
        try:
            if await _pass_gate(flight):
                watch = _StopWatch(claims, work)
                await flight.send_all(watch.look)
        except gate.HeardOf as stopped:
            error = stopped.error
        except SamsvarError as stopped:
            error = stopped
            await gate.stop(claims, work.party, work.run_id, stopped)
        finally:
            try:
                await evidence.finish()
            finally:
                await flight.land()
        error = error or await left_behind(flight, evidence.counts, asked=asking is not None)
        if error is not None:
            raise error
        return Submitted.of(evidence.counts)


async def _pass_gate(flight: Flight) -> bool:
    """Each run sends one document first. False when this lot has nothing to send at all."""
    work, claims = flight.work, flight.claims
    first_look = True
    while not flight.stop.is_set():
        if not await pending(claims, work):
            await gate.pass_on(claims, work.party, work.run_id, work.owner)
            return False
        state = await gate.look(
            claims, work.party, work.run_id, work.owner, first_look=first_look, again=work.try_number > 1
        )
        first_look = False
        if state == "open":
            return True
        if state == "stopped":
            reason = await gate.stop_reason(claims, work.party, work.run_id)
            raise gate.HeardOf(reason or ServiceUnavailable("The run was stopped."))
        if state == "wait":
            await asyncio.sleep(_GATE_POLL_SECONDS)
            continue
        lacking = len(flight.passed_over)
        answer = await flight.send_one()
        if answer is None and len(flight.passed_over) > lacking:
            continue  # the store lacks that one: another document goes first
        if answer is None:  # a stop switch is set, or another try of this lot was quicker
            await gate.pass_on(claims, work.party, work.run_id, work.owner)
            return False
        await _judge_first(flight, answer)
    return False


async def _judge_first(flight: Flight, answer: Answer) -> None:
    """A readable answer opens the gate; a bad end is tried with another document until the streak says stop."""
    if answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
        await gate.open_gate(flight.claims, flight.work.party, flight.work.run_id)
    elif flight.streak.stopped_by is not None:
        raise flight.streak.stopped_by
    else:
        log.warning(
            "%s: first document ended %s (%d of %d): %s",
            flight.work.party,
            answer.outcome,
            flight.streak.count,
            STREAK,
            answer.sentence,
        )
        await flight.evidence.flush()
        await asyncio.sleep(min(answer.retry_after or 0.5 * 2**flight.streak.count, 30))


class _StopWatch:
    """Notices, at most every second, that another lot of the run stopped the party."""

    def __init__(self, connection: AsyncConnection, work: Work) -> None:
        self._connection = connection
        self._work = work
        self._asked = time.monotonic()

    async def look(self) -> SamsvarError | None:
        """The stop that another lot found, or None."""
        if time.monotonic() - self._asked < 1:
            return None
        self._asked = time.monotonic()
        reason = await gate.stop_reason(self._connection, self._work.party, self._work.run_id)
        return gate.HeardOf(reason) if reason else None
