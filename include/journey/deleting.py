"""Delete: send a party's approved deletions, one after the other, each exactly once.

Like submit it carries no work list: it asks the ledger what is approved and pending. There are few deletions, and the
order of operations on a VIN matters, so one is on the wire at a time: a killed task leaves at most one unknown.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from include.errors import SamsvarError
from include.journey.baseline import answers_of
from include.journey.settling import FIRST_PAUSE
from include.journey.sharing import Pause, Share
from include.journey.stopped import why_unsent
from include.journey.streak import SendBy, Streak
from include.ledger import deleting
from include.ledger.deleting import Deletion, Move
from include.ledger.sending import SEND_WITHIN
from include.ledger.warehouse import AsyncConnection, connect_async
from include.outcomes import Outcome
from include.register.port import Register
from include.vegvesen.answer import Answer
from include.vegvesen.classify import UNKNOWN_VEHICLE
from include.vegvesen.deletion import IN_WORDS, deletion_path
from include.vegvesen.settings import VegvesenSettings

log = logging.getLogger(__name__)
AUTHORITY = "vegvesen"
_ASKED_AT_ONCE = 200
_WORDS = {
    "ACCEPTED": "deleted",
    "REFUSED": "refused",
    "UNKNOWN": "unknown",
    "NEEDS_PERSON": "for a person",
}


class Sender(Protocol):
    """What is needed of the authority's client."""

    async def delete(
        self, path: str, *, may_send: Callable[[], bool] = ..., on_wire: Callable[[], None] = ...
    ) -> Answer: ...


@dataclass(slots=True)
class Deleted:
    """How the deletions of this try ended, by the state they are in; `busy` wait for another operation on their VIN."""

    party: str
    states: Counter[str]
    busy: int = 0

    def sentence(self) -> str:
        """The line an operator reads first; zeros are left out."""
        parts = [f"{self.states[state]} {word}" for state, word in _WORDS.items() if self.states[state]]
        if self.busy:
            parts.append(f"{self.busy} wait until an earlier operation on their VIN is decided")
        return f"{self.party}: {', '.join(parts) or 'no deletion to send'}"


@dataclass(slots=True)
class Work:
    """Whose deletions are sent, by whom, and what is needed for it."""

    party: str
    owner: str
    settings: VegvesenSettings
    sender: Sender
    stop: asyncio.Event
    register: Register | None = None


async def delete_party(dsn: str, work: Work) -> Deleted:
    """Sends what is approved and pending for a party.

    Raises ConfigurationError when the authority cannot be used as configured or a stop switch is set,
    ServiceUnavailable when it is down, both only after every answer is in the ledger. Unknown outcomes raise nothing.
    """
    result, streak, pause = Deleted(work.party, Counter()), Streak(), Pause(work.stop)
    async with connect_async(dsn) as connection:
        await _ask_first(connection, work)
        share = Share(connection, AUTHORITY, work.owner, work.settings.max_parallel, work.stop)
        try:
            while await share.renewed(1) and streak.stopped_by is None and not work.stop.is_set():
                answer = await _send_next(connection, work, result)
                if answer is None:
                    break
                streak.note(answer)
                pause.note(answer, streak)
                if streak.stopped_by is None:
                    await pause.sit_out()
        finally:
            await share.give_back()
        left, result.busy = await deleting.left(connection, work.party)
        error = streak.stopped_by or await why_unsent(
            connection, AUTHORITY, work.party, left=left - result.busy, what="deletions", stop=work.stop
        )
    if error is not None:
        raise error
    return result


async def _send_next(connection: AsyncConnection, work: Work, result: Deleted) -> Answer | None:
    """Claims and sends one deletion; None when there is none."""
    settle = timedelta(seconds=work.settings.settle_seconds + work.settings.total_timeout)
    # Taken before the claim: however long this process sleeps in between, the deadline is never too late.
    send_by = SendBy.within(SEND_WITHIN)
    one = await deleting.claim(connection, party=work.party, owner=work.owner, settle=settle)
    if one is None:
        return None
    written: list[bool] = []
    try:
        answer = await work.sender.delete(
            _path(one, work.settings),
            may_send=lambda: send_by.is_ahead() and not work.stop.is_set(),
            on_wire=lambda: written.append(True),
        )
    except BaseException:
        if not written:
            await deleting.give_back(connection, work.owner, one)
        raise
    move = next_of(one, answer)
    if await deleting.record(connection, work.owner, one, answer, move):
        result.states[move.state] += 1
    return answer


def _path(one: Deletion, settings: VegvesenSettings) -> str:
    return deletion_path(
        one.way,
        reference=one.reference,
        vin=one.vin,
        merkekode=one.merkekode,
        form=settings.delete_by_merkekode_path,
    )


def next_of(one: Deletion, answer: Answer) -> Move:
    """What an answer means for a deletion. The one place where "not known" is told from "gone".

    UKJENT_UNR_OG_MERKE may mean that the way of naming the vehicle was not enough, so every way is tried. Only when an
    earlier try of this very deletion ended unknown, and the register has not shown the vehicle since, does it mean that
    that try had worked.
    """
    where = f"VIN {one.vin or 'unknown'}"
    if answer.outcome is not Outcome.REFUSED:
        state = {Outcome.ACCEPTED: "ACCEPTED", Outcome.UNKNOWN: "UNKNOWN", Outcome.NOT_SENT: "PENDING"}[answer.outcome]
        return Move(state=state, reason=answer.sentence, way_no=one.way_no)  # type: ignore[arg-type]  # a State
    if answer.reply is None or answer.reply.meldingskode != UNKNOWN_VEHICLE:
        return Move(state="REFUSED", reason=answer.sentence, way_no=one.way_no)
    named, after = IN_WORDS[one.way], one.way_no + 1
    if after < len(one.ways):
        then = f"It is not known by {named}; {IN_WORDS[one.ways[after]]} is tried."
        return Move(state="PENDING", reason=then, way_no=after)
    if not one.unknown_before:
        tried = ", ".join(IN_WORDS[way] for way in one.ways)
        return Move(
            state="NEEDS_PERSON",
            reason=f"{where}: Statens vegvesen does not know it by {tried}: it was deleted otherwise, or cannot be "
            "told from another vehicle. Ask Statens vegvesen, then decide with the DAG ecoc_decision.",
            way_no=after,
        )
    if one.seen_since:
        why = "the register had the vehicle a moment ago, but Statens vegvesen does not know it: it is looked up again"
        return Move(state="UNKNOWN", reason=f"{where}: {why}.", way_no=after, look_again_seconds=FIRST_PAUSE)
    return Move(
        state="ACCEPTED",
        reason=f"{where}: it was gone when the deletion was sent once more: the first one, whose answer was lost, had "
        "worked.",
        way_no=after,
        is_decision=True,
    )


async def _ask_first(connection: AsyncConnection, work: Work) -> None:
    """Asks the register about each vehicle before its deletion is sent, so that a lookup can settle a lost answer."""
    register = work.register
    while register is not None and not work.stop.is_set():
        rows = await deleting.without_baseline(connection, work.party, most=_ASKED_AT_ONCE)
        if not rows:
            return
        try:
            said = await answers_of(register, [vin for _, vin in rows])
        except SamsvarError as error:
            log.warning("%s: deletions are sent without asking the register first: %s", work.party, error)
            return
        await deleting.store_baselines(connection, list(zip([row for row, _ in rows], said, strict=True)))
