"""Asks the register about a lot's vehicles ahead of the claims, so that a lookup after a lost answer means something.

The questions go a group ahead of the sends and never stop them: a register that is away, slow or wrongly set up ends
the asking, and the rest of the lot is sent without a baseline. Then an unknown outcome needs a person, nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import psycopg

from include.errors import SamsvarError
from include.ledger import baseline
from include.ledger.baseline import ToAsk
from include.ledger.warehouse import AsyncConnection, connect_async
from include.register.port import Absent, Found, Looked, NotAsked, Register, Unreadable

log = logging.getLogger(__name__)
T = TypeVar("T")

GROUP = 200
"""Vehicles asked for, and baselines stored, at once."""
PATIENCE = 10.0
"""Seconds that sending waits for a group's answers before it goes on without."""
_NOTHING = UUID(int=0)


class Lot(Protocol):
    """Whose rows: `include.journey.flight.Work` has it."""

    @property
    def party(self) -> str: ...
    @property
    def run_id(self) -> str: ...
    @property
    def lot_no(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Asking:
    """The register to ask, and whether `every` document needs a baseline or only one that is sent once more."""

    register: Register
    every: bool = True


class Ahead:
    """How far the register was asked. A claim takes no row above `upto`; None means that all of them may be taken."""

    def __init__(self, upto: UUID | None = None) -> None:
        self.upto = upto
        self._moved = asyncio.Event()

    def reach(self, upto: UUID | None) -> None:
        """The register was asked about everything up to here."""
        self.upto = upto
        self._moved.set()

    async def wait(self, seconds: float = 0.2) -> None:
        """Until the asking got further, but not long: whoever waits must look out for a stop as well."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()
        self._moved.clear()


@asynccontextmanager
async def asked_ahead(dsn: str, asking: Asking | None, lot: Lot) -> AsyncIterator[Ahead]:
    """Asks in the background while the block runs; without a register there is nothing to wait for."""
    if asking is None:
        yield Ahead()
        return
    async with connect_async(dsn) as connection:
        ahead = Ahead(_NOTHING)
        task = asyncio.create_task(_ask(connection, asking, lot, ahead))
        try:
            yield ahead
        finally:
            task.cancel()
            (failed,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(failed, Exception):
                log.error("%s: the register was not asked about everything: %r", lot.party, failed)


async def _ask(connection: AsyncConnection, asking: Asking, lot: Lot, ahead: Ahead) -> None:
    after = _NOTHING
    try:
        while rows := await _next(connection, asking, lot, after):
            answers = await _answers(asking.register, rows)
            off = await baseline.record(connection, answers)
            if off:
                log.warning("%s: %d re-sends are called off, the register has their vehicles by now", lot.party, off)
            after = rows[-1].id
            if all(said["said"] == "not_asked" for _, said in answers):
                return await _give_up(connection, lot, after, answers[0][1])
            ahead.reach(after)
    except SamsvarError as error:
        await _give_up(connection, lot, after, _said(NotAsked(str(error)), asking.register.name))
    except psycopg.Error as error:
        log.warning("%s: baselines cannot be stored (%s); sending goes on", lot.party, type(error).__name__)
    finally:
        ahead.reach(None)


async def _next(connection: AsyncConnection, asking: Asking, lot: Lot, after: UUID) -> list[ToAsk]:
    return await baseline.to_ask(
        connection, lot.party, lot.run_id, lot.lot_no, every=asking.every, after=after, most=GROUP
    )


async def _answers(register: Register, rows: list[ToAsk]) -> list[tuple[ToAsk, dict[str, Any]]]:
    return list(zip(rows, await answers_of(register, [row.vin for row in rows]), strict=True))


async def answers_of(register: Register, asked: Sequence[str | None]) -> list[dict[str, Any]]:
    """What the register says about each VIN, as it is stored. Raises PersonMustAct when it refuses us for good."""
    asked_at = datetime.now(UTC)
    vins = sorted({vin for vin in asked if vin})
    looked: Mapping[str, Looked]
    try:
        async with asyncio.timeout(PATIENCE):
            looked = await _aside(lambda: register.lookup_vins(vins))
    except TimeoutError:
        late = NotAsked(f"The register (connection {register.name!r}) did not answer within {PATIENCE:.0f} s.")
        looked = dict.fromkeys(vins, late)
    nothing = NotAsked("The document names no VIN.")
    return [_said(looked.get(vin or "", nothing), register.name, asked_at) for vin in asked]


async def _give_up(connection: AsyncConnection, lot: Lot, after: UUID, said: Mapping[str, Any]) -> None:
    log.warning("%s: the rest of the lot is sent without a baseline: %s", lot.party, said["sentence"])
    await baseline.not_asked(connection, lot.party, lot.run_id, lot.lot_no, after=after, said=said)


def _said(looked: Looked, register: str, asked_at: datetime | None = None) -> dict[str, Any]:
    """The answer as it is stored; never anything of an owner."""
    said: dict[str, Any] = {"register": register, "asked_at": (asked_at or datetime.now(UTC)).isoformat()}
    match looked:
        case Absent():
            return said | {"said": "absent"}
        case Found():
            vehicles = [{"kuid": one.kuid, "merkekode": one.merkekode} for one in looked.vehicles[:5]]
            return said | {"said": "present", "vehicles": vehicles}
        case Unreadable():
            return said | {"said": "unreadable", "sentence": looked.sentence}
        case NotAsked():
            return said | {"said": "not_asked", "sentence": looked.sentence}


async def _aside(work: Callable[[], T]) -> T:
    """Runs `work` in a thread that nobody waits for at the end: a register that hangs must not hold a task."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        failed: BaseException | None = None
        try:
            result = work()
        except BaseException as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=run, name="baseline", daemon=True).start()
    return await future
