"""Many vehicles asked for in few requests, side by side, with bounded memory and no request after a stop."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from include.errors import ConfigurationError, TryAgain
from include.register.asking import SettlesNothing
from include.register.kinds import Kind
from include.register.port import Looked, NotAsked, Unreadable
from include.register.settling import Settled

log = logging.getLogger(__name__)

Ask = Callable[[Sequence[str]], Settled]

_PATIENCE_WITH_REFUSALS = 10
"""Refused questions about a single vehicle in a row, with no answer yet, after which no more are asked."""


class Bulk:
    """One lookup of many: cuts into questions of `size`, divides what is refused, and learns a smaller size from it.

    `ask` gets plain and distinct texts and raises SettlesNothing, TryAgain or PersonMustAct.
    """

    def __init__(self, ask: Ask, *, size: int, parallel: int) -> None:
        self._ask = ask
        self._size = size
        self._parallel = parallel
        self._stopped: TryAgain | None = None
        self._refused = 0
        self._answered = False

    @property
    def size(self) -> int:
        """Vehicles per question, as far as learned."""
        return self._size

    def run(self, items: Sequence[str]) -> Iterator[tuple[str, Looked]]:
        """Each of `items` once, with what was found. Raises PersonMustAct; TryAgain becomes NotAsked."""
        rest = iter(items)
        if len(items) <= self._size or self._parallel == 1:
            while part := list(islice(rest, self._size)):
                yield from self._part(part)
            return
        with ThreadPoolExecutor(self._parallel, thread_name_prefix="register") as threads:
            under_way: deque[Future[list[tuple[str, Looked]]]] = deque()
            try:
                while True:
                    while len(under_way) < 2 * self._parallel and (part := list(islice(rest, self._size))):
                        under_way.append(threads.submit(self._part, part))
                    if not under_way:
                        return
                    yield from under_way.popleft().result()
            finally:
                for future in under_way:
                    future.cancel()

    def _part(self, part: list[str]) -> list[tuple[str, Looked]]:
        results: dict[str, Looked] = {}
        self._settle(part, results)
        return list(results.items())

    def _settle(self, part: Sequence[str], results: dict[str, Looked]) -> bool:
        """Fills `results`; True when no question about this part was refused."""
        if self._stopped is not None:
            results.update(_not_asked(part, self._stopped))
            return False
        try:
            settled = self._ask(part)
        except TryAgain as error:
            self._stopped = error
            log.warning("A lookup stops: %s", error)
            results.update(_not_asked(part, error))
            return False
        except SettlesNothing as nothing:
            return self._refusal(part, results, nothing)
        self._answered, self._refused = True, 0
        results.update(settled.results)
        if settled.again:
            self._settle(settled.again, results)
        if settled.divide:
            self._halves(settled.divide, results)
        return True

    def _refusal(self, part: Sequence[str], results: dict[str, Looked], nothing: SettlesNothing) -> bool:
        if not nothing.divide or len(part) == 1:
            results.update(dict.fromkeys(part, Unreadable(str(nothing), nothing.support_id)))
            self._count_refusal(nothing)
            return False
        if self._halves(part, results):
            self._size = min(self._size, (len(part) + 1) // 2)
            log.info(
                "The register refused %d vehicles in one question; %d are asked from now on", len(part), self._size
            )
        return False

    def _halves(self, part: Sequence[str], results: dict[str, Looked]) -> bool:
        middle = (len(part) + 1) // 2
        halves = [half for half in (part[:middle], part[middle:]) if half]
        return all([self._settle(half, results) for half in halves])

    def _count_refusal(self, nothing: SettlesNothing) -> None:
        if self._answered or not nothing.divide:
            return
        self._refused += 1
        if self._refused >= _PATIENCE_WITH_REFUSALS:
            raise ConfigurationError(
                f"The register refuses every lookup, also of a single vehicle ({nothing}); check the connection's base "
                "URL and ids before the lookup is started again."
            )


def _not_asked(part: Iterable[str], error: TryAgain) -> dict[str, Looked]:
    return dict.fromkeys(part, NotAsked(str(error), error.retry_after))


def look_up(items: Iterable[str], kind: Kind, ask: Ask, *, size: int, parallel: int) -> dict[str, Looked]:
    """What the port's methods return: keyed by the texts as they were written, each asked for once."""
    written: dict[str, list[str]] = {}
    results: dict[str, Looked] = {}
    for item in items:
        if kind.askable(item):
            written.setdefault(kind.plain(item), []).append(item)
        else:
            results[item] = NotAsked(f"This is no {kind.field} that the register can be asked for.")
    for plain, looked in Bulk(ask, size=size, parallel=parallel).run(list(written)):
        results.update(dict.fromkeys(written[plain], looked))
    return results
