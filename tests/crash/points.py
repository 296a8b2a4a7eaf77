"""Crash points: places in the product's own functions where a test may end the process. The product knows none of them.

A point is a function, a side of it, and what the transaction must be there. The wrappers are put in by name in the
sender process alone, so a renamed function ends the suite (`AttributeError`), a point that is never passed is reported
as not hit, and one that lies elsewhere than it says ends its process with WRONG_PLACE.
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
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from tests.crash.orders import Charge, Orders
from tests.crash.places import POINTS, Point

_inside: ContextVar[str] = ContextVar("inside", default="")


#: Exit status of a process whose crash point does not lie where the table says.
WRONG_PLACE = 4
_STATUS = {"open": TransactionStatus.INTRANS, "done": TransactionStatus.IDLE}


class Fuse:
    """Counts the passages of one point and does the deed when it is time."""

    def __init__(self, point: str, orders: Orders, dice: random.Random | None) -> None:
        self._point, self._orders, self._dice = point, orders, dice
        self._charges = {charge.at: charge for charge in orders.charges if charge.point == point}
        self._passages = count(1)  # atomic: some points are passed in threads

    def pass_by(self, arguments: tuple[Any, ...]) -> None:
        within = POINTS[self._point].within
        if _empty(arguments) or (within and _inside.get() != within):
            return
        charge = self._charges.get(next(self._passages))
        if charge is not None:
            self._do(charge, arguments)
        elif self._dice is not None and self._dice.random() < self._orders.dice.rate:
            self._do(Charge(self._point), arguments)

    def _do(self, charge: Charge, arguments: tuple[Any, ...]) -> None:
        prove_place(charge.point, arguments)
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


def _empty(arguments: tuple[Any, ...]) -> bool:
    """A call with an empty list does nothing, so it is no passage."""
    return any(isinstance(one, list | tuple) and not one for one in arguments)


def prove_place(point: str, arguments: tuple[Any, ...]) -> None:
    """Ends the process where the transaction of the warehouse is not as the table says."""
    wanted = _STATUS.get(POINTS[point].transaction)
    if wanted is None:
        return
    holders = [getattr(one, "connection", one) for one in arguments]
    found = [
        one.info.transaction_status for one in holders if isinstance(one, psycopg.Connection | psycopg.AsyncConnection)
    ]
    if found != [wanted]:
        print(f"{point!r} lies elsewhere: the transaction is {found}, not {wanted!r}", flush=True)
        os._exit(WRONG_PLACE)


def mark(marker: str, point: str) -> None:
    """Writes that the point was reached; one system call, so it is there whatever comes next."""
    file = os.open(marker, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, f"{point}\n".encode())
    os.close(file)


def install(orders: Orders) -> None:
    """Puts the wrappers in that these orders need: those of the charges, or all of them for dice."""
    wanted = [point for point in POINTS if orders.dice or any(charge.point == point for charge in orders.charges)]
    dice = random.Random(orders.dice.seed) if orders.dice else None
    for name in wanted:
        point = POINTS[name]
        if point.within:
            _wrap(point.within, functools.partial(_noted, point.within))
        _wrap(point.place, functools.partial(_fused, point, Fuse(name, orders, dice)))


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


def _fused(point: Point, fuse: Fuse, function: Callable[..., Any]) -> Callable[..., Any]:
    before = point.side == "before"

    def passed(result: Any, args: tuple[Any, ...]) -> None:
        if not before and (result or not point.found):
            fuse.pass_by(args)

    if inspect.iscoroutinefunction(function):

        async def waited(*args: Any, **kwargs: Any) -> Any:
            if before:
                fuse.pass_by(args)
            result = await function(*args, **kwargs)
            passed(result, args)
            return result

        return waited

    def called(*args: Any, **kwargs: Any) -> Any:
        if before:
            fuse.pass_by(args)
        result = function(*args, **kwargs)
        passed(result, args)
        return result

    return called


def _noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Transactions are ended in many places: only that of this function is meant."""

    async def inside(*args: Any, **kwargs: Any) -> Any:
        token = _inside.set(name)
        try:
            return await function(*args, **kwargs)
        finally:
            _inside.reset(token)

    return inside
