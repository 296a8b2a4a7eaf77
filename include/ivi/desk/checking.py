"""Checks many documents, in the order they come: few of them here, many in processes side by side.

Processes, because libxml2's schema code is not safe in threads. Only a few batches are in hand at any time, so memory
does not grow with the number of documents.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from multiprocessing import get_context

from include.errors import PersonMustAct
from include.ivi.check import CheckContext, Checked, check_all
from include.ivi.finding import Finding, Level

from .documents import Found

_BATCH_DOCUMENTS, _BATCH_BYTES = 64, 4_000_000
_FEW_BATCHES = 3
"""Up to so many batches are checked in this process: starting others would take longer than the work."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was found in one document. `read` is False where nothing could be read at all."""

    place: str
    vin: str | None
    read: bool
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level | None:
        """The worst level among the findings, None without any."""
        return next((level for level in Level if any(one.level is level for one in self.findings)), None)


def results(documents: Iterable[Found], context: CheckContext, jobs: int) -> Iterator[Result]:
    """One result per document, in order. `jobs` is the number of processes for long work.

    Raises ConfigurationError where a schema setting is wrong, and PersonMustAct where a process was killed.
    """
    batches = _batches(documents)
    first = list(islice(batches, _FEW_BATCHES + 1))
    if jobs == 1 or len(first) <= _FEW_BATCHES:
        for batch in chain(first, batches):
            yield from _checked(batch, context)
    else:
        yield from _side_by_side(chain(first, batches), context, jobs)


def _batches(documents: Iterable[Found]) -> Iterator[list[Found]]:
    batch: list[Found] = []
    size = 0
    for found in documents:
        batch.append(found)
        size += len(found.content or b"")
        if len(batch) >= _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _side_by_side(batches: Iterable[list[Found]], context: CheckContext, jobs: int) -> Iterator[Result]:
    waiting: deque[Future[list[Result]]] = deque()
    # Fresh processes, not forks: a fork of a process with threads can stand still for ever.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        for batch in batches:
            waiting.append(pool.submit(_checked, batch, context))
            if len(waiting) > 2 * jobs:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool:
        raise PersonMustAct(
            "A process of the check was ended from outside, perhaps for want of memory: check again with --jobs 1."
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _checked(batch: list[Found], context: CheckContext) -> list[Result]:
    checks = check_all((one.content, replace(context, file_name=one.name)) for one in batch if one.content is not None)
    return [_result(found, next(checks) if found.content is not None else None) for found in batch]


def _result(found: Found, checked: Checked | None) -> Result:
    if checked is None:
        return Result(found.place, None, False, (found.refusal,) if found.refusal else ())
    document = checked.document
    return Result(found.place, document.vin if document else None, document is not None, checked.findings)
