"""Crash points: places in the product's own functions where a test may end the process. The product knows none of them.

A point is a function and a side of it. The wrappers are put in by name in the sender process alone, so a renamed
function ends the suite (`AttributeError`), and a point that is never passed is reported as not hit.
"""

from __future__ import annotations

import errno
import functools
import importlib
import inspect
import os
import random
import signal
from collections.abc import Callable
from contextvars import ContextVar
from itertools import count
from pathlib import Path
from typing import Any, Literal

from tests.crash.orders import Charge, Orders

_recording: ContextVar[bool] = ContextVar("recording", default=False)

#: name → where ("module:qualified name") and on which side of the call.
POINTS: dict[str, tuple[str, Literal["before", "after"]]] = {
    # collect
    "listed": ("include.journey.collect:_take_all", "before"),
    "bytes without a name": ("os:fsync", "after"),
    "bytes stored": ("include.ledger.content:ContentStore.put", "after"),
    "rows not committed": ("include.ledger.intake:take", "after"),
    "group committed": ("include.journey.collect:_commit_group", "after"),
    "half a file read": ("include.ledger.sightings:mark_not_whole", "after"),
    "duplicates not committed": ("include.ledger.intake:_duplicate", "after"),
    # plan, validate, open
    "plan not committed": ("include.ledger.lots:_append", "after"),
    "planned": ("include.ledger.lots:plan", "after"),
    "checked": ("include.journey.validate:check", "after"),
    "about to check": ("include.journey.validate:check", "before"),
    "findings not committed": ("include.ledger.validation:record", "after"),
    "valid, not opened": ("include.ledger.opening:valid_documents", "before"),
    "opened, not committed": ("include.ledger.opening:record", "after"),
    # send
    "gate taken": ("include.ledger.gate:look", "after"),
    "about to claim": ("include.ledger.sending:claim", "before"),
    "claimed": ("include.ledger.sending:claim", "after"),
    "before the first byte": ("include.vegvesen.wire:GuardedBody.write_with_length", "before"),
    "written": ("include.vegvesen.wire:GuardedBody.write_with_length", "after"),
    "token refused": ("include.maskinporten.source:TokenSource.drop", "after"),
    "answered": ("include.journey.evidence:EvidenceWriter.add", "before"),
    "first answer, gate shut": ("include.ledger.gate:open_gate", "before"),
    "before evidence": ("include.ledger.sending:record", "before"),
    "evidence not committed": ("psycopg:AsyncTransaction.__aexit__", "before"),
    "evidence committed": ("include.ledger.sending:record", "after"),
    # delete
    "matched, not approved": ("include.ledger.deletion_requests:match_all", "after"),
    "approved": ("include.ledger.deletion_requests:approve", "after"),
    "deletion claimed": ("include.ledger.deleting:claim", "after"),
    "deletion answered": ("include.journey.deleting:next_of", "before"),
    "deletion recorded": ("include.ledger.deleting:record", "after"),
    # ask before, and settle afterwards
    "asked, no baseline stored": ("include.ledger.baseline:record", "before"),
    "baseline stored": ("include.ledger.baseline:record", "after"),
    "overdue are unknown": ("include.ledger.resolving:overdue_become_unknown", "after"),
    "looked up": ("include.journey.resolve:_settle_group", "after"),
    "settled, not committed": ("include.ledger.resolving:settle", "after"),
    "settled": ("include.journey.resolve:resolve_party", "after"),
    # file away
    "sent, not filed": ("include.ledger.filing:to_file", "before"),
    "moves planned": ("include.ledger.filing:plan_moves", "after"),
    "renamed one": ("include.drop.filing:move", "after"),
    "renamed": ("include.journey.file_away:_put_away", "after"),
    "before it is brought back": ("include.journey.file_away:_bring_back", "before"),
    "brought back": ("include.journey.file_away:_bring_back", "after"),
    "proven": ("include.journey.file_away:_prove", "after"),
    "receipt written": ("include.drop.writing:write", "after"),
    "receipts not marked": ("include.ledger.filing:mark_told", "before"),
    "not marked as filed": ("include.ledger.filing:mark_filed", "before"),
    "filed": ("include.ledger.filing:mark_filed", "after"),
    # presentations
    "presentation taken": ("include.ledger.presentation_files:take", "after"),
    "presentation rows opened": ("include.ledger.presentation_rows:open_rows", "after"),
    "about to claim requests": ("include.ledger.presenting:claim", "before"),
    "requests claimed": ("include.ledger.presenting:claim", "after"),
    "answers of customs": ("include.ledger.presenting:record", "before"),
    "presentation evidence not committed": ("psycopg:AsyncTransaction.__aexit__", "before"),
    "answers recorded": ("include.ledger.presenting:record", "after"),
    "statuses recorded": ("include.ledger.validating:record_validations", "after"),
    "presentation move planned": ("include.ledger.presentation_telling:plan_move", "after"),
    "presentation told": ("include.ledger.presentation_telling:mark_told", "before"),
}


class Fuse:
    """Counts the passages of one point and does the deed when it is time."""

    def __init__(self, point: str, orders: Orders, dice: random.Random | None) -> None:
        self._point, self._orders, self._dice = point, orders, dice
        self._charges = {charge.at: charge for charge in orders.charges if charge.point == point}
        self._passages = count(1)  # atomic: some points are passed in threads

    def pass_by(self, arguments: tuple[Any, ...]) -> None:
        if self._point.endswith("evidence not committed") and not _recording.get():
            return
        charge = self._charges.get(next(self._passages))
        if charge is not None:
            self._do(charge, arguments)
        elif self._dice is not None and self._dice.random() < self._orders.dice.rate:
            self._do(Charge(self._point), arguments)

    def _do(self, charge: Charge, arguments: tuple[Any, ...]) -> None:
        mark(self._orders.marker, charge.point)
        if charge.deed == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif charge.deed == "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif charge.deed == "kill_postgres":
            os.kill(self._orders.postmaster, signal.SIGKILL)
        elif charge.deed == "disk_full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        else:
            for name, newer in self._orders.newer.items():
                Path(newer).replace(Path(self._orders.inbox) / name)


def mark(marker: str, point: str) -> None:
    """Writes that the point was reached; one system call, so it is there whatever comes next."""
    file = os.open(marker, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, f"{point}\n".encode())
    os.close(file)


def install(orders: Orders) -> None:
    """Puts the wrappers in that these orders need: those of the charges, or all of them for dice."""
    wanted = [point for point in POINTS if orders.dice or any(charge.point == point for charge in orders.charges)]
    dice = random.Random(orders.dice.seed) if orders.dice else None
    for point in wanted:
        place, side = POINTS[point]
        if point.endswith("evidence not committed"):
            stream = "presenting" if point.startswith("presentation") else "sending"
            _wrap(f"include.ledger.{stream}:record", _while_recording)
        _wrap(place, functools.partial(_fused, side == "before", Fuse(point, orders, dice)))


def constants(orders: Orders) -> None:
    """Shortens what would only be sat out."""
    for place, value in orders.constants.items():
        holder, name = _holder(place)
        was = getattr(holder, name)
        setattr(holder, name, type(was)(seconds=value) if hasattr(was, "total_seconds") else value)


def _holder(place: str) -> tuple[Any, str]:
    module, _, path = place.partition(":")
    *outer, name = path.split(".")
    return functools.reduce(getattr, outer, importlib.import_module(module)), name


def _wrap(place: str, wrapper: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    holder, name = _holder(place)
    setattr(holder, name, wrapper(getattr(holder, name)))


def _fused(before: bool, fuse: Fuse, function: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        async def waited(*args: Any, **kwargs: Any) -> Any:
            if before:
                fuse.pass_by(args)
                return await function(*args, **kwargs)
            result = await function(*args, **kwargs)
            if result != []:  # a claim that found nothing is no passage
                fuse.pass_by(args)
            return result

        return waited

    def called(*args: Any, **kwargs: Any) -> Any:
        if before:
            fuse.pass_by(args)
            return function(*args, **kwargs)
        result = function(*args, **kwargs)
        fuse.pass_by(args)
        return result

    return called


def _while_recording(function: Callable[..., Any]) -> Callable[..., Any]:
    """Leases are taken in transactions too: only that of the evidence is meant."""

    async def recording(*args: Any, **kwargs: Any) -> Any:
        token = _recording.set(True)
        try:
            return await function(*args, **kwargs)
        finally:
            _recording.reset(token)

    return recording
