"""Read a feed to its end: page after page, the next ones on their way while this one is stored.

Knows neither signals nor statuses, only pages and markers. What stops it: the empty page at the end; a feed that turns
in a circle or never ends, which is an alert and not an endless loop; an error of the authority or of the warehouse.
Whatever stops it, every page before is stored with its marker. Memory: five pages.
"""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from include.errors import PersonMustAct
from include.toll.polling import Page

MOST_PAGES = 1_000
"""Pages of one poll: a million signals. A feed that has more goes on with the next poll."""

PAGES_AHEAD = 2
"""One that waits and one on its way, so that neither the authority nor the warehouse pays for the other's slow page."""

_OBJECTS, _TURN_SECONDS = 100_000, 0.0005

T = TypeVar("T")
Fetch = Callable[[str | None], Page[T]]


class FeedTurnsInCircles(PersonMustAct):
    """The feed gave a page that leads back to where the poll has been; reading on would never end."""

    def __init__(self, sentence: str, marker: str | None) -> None:
        super().__init__(sentence)
        self.marker = marker


class TooManyPages(PersonMustAct):
    """The poll read as many pages as it may; what it read is stored."""


def pages(
    fetch: Fetch[T], marker: str | None, *, most: int = MOST_PAGES, first: Page[T] | None = None
) -> Iterator[Page[T]]:
    """Every page after `marker` that holds something, in order.

    The next ones are fetched meanwhile, in a thread of their own: a page's last id is all it takes. `first` is the page
    after `marker` where the caller has it already.
    Raises FeedTurnsInCircles, TooManyPages and what `fetch` raises, each after the pages before were given out.
    """
    with Ahead(_one_after_the_other(fetch, marker, most, first), PAGES_AHEAD) as coming:
        yield from coming


def _one_after_the_other(fetch: Fetch[T], marker: str | None, most: int, first: Page[T] | None) -> Iterator[Page[T]]:
    seen: set[str | None] = {marker}
    for _ in range(most):
        page = fetch(marker) if first is None else first
        if _is_the_end(page, marker):
            return
        yield page
        if page.last_id in seen:
            raise FeedTurnsInCircles(
                "Customs sent a page that ends where the poll already was. Everything in it is stored and reading "
                "stopped; if this comes again, tell Tolletaten (the marker is in ledger.marker).",
                page.last_id,
            )
        seen.add(page.last_id)
        marker, first = page.last_id, None
    raise TooManyPages(
        f"The feed had more than {most} pages. They are stored and the next poll goes on; if it never gets to the end, "
        "tell Tolletaten."
    )


class Ahead(Generic[T]):
    """The items, made in a thread of its own: always `most` before they are asked for.

    With `most` 0 an item is made when it is asked for, or already when the taker says so with `make_next`.
    What `items` raises comes out after the items before it. On leaving, the item that is being made is waited for.
    """

    _END: Any = object()

    def __init__(self, items: Iterator[T], most: int = 0) -> None:
        self._items = items
        self._most = most
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead")
        self._coming: deque[Future[T]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=True)

    def make_next(self) -> None:
        """Begins with an item: the taker is about to wait, so Python's lock is free."""
        if len(self._coming) < max(self._most, 1):
            self._coming.append(self._thread.submit(next, self._items, self._END))

    def __iter__(self) -> Iterator[T]:
        while True:
            self.make_next()
            if (item := self._coming.popleft().result()) is self._END:
                return
            while len(self._coming) < self._most:
                self.make_next()
            yield item


@contextmanager
def made_for_pages() -> Iterator[None]:
    """Within it Python does what a feed needs; both are settings of the whole process, so they are put back.

    It looks for cycles in its memory less often: a page is some ten thousand objects and has none, and at the usual 700
    new ones that was a quarter of Python's work for a page. And it hands its lock over ten times as often: the threads
    that hear from customs and from the warehouse go on while another makes a page.
    """
    objects, *generations = gc.get_threshold()
    turn = sys.getswitchinterval()
    gc.set_threshold(max(objects, _OBJECTS), *generations)
    sys.setswitchinterval(min(turn, _TURN_SECONDS))
    try:
        yield
    finally:
        gc.set_threshold(objects, *generations)
        sys.setswitchinterval(turn)


def _is_the_end(page: Page[Any], marker: str | None) -> bool:
    """An empty page, or, where the marker counts in, one with the marker's own item only."""
    if page.last_id is None or not page.items:
        return True
    # Where the last id is another the items are not looked at: reading them is left to whoever takes the page.
    return page.last_id == marker and {getattr(item, "id", None) for item in page.items} == {marker}
