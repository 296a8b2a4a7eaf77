"""Read a feed to its end: page after page, the next ones on their way while this one is stored.

Knows neither signals nor statuses, only pages and markers. What stops it: the empty page at the end; a feed that turns
in a circle or never ends, which is an alert and not an endless loop; an error of the authority or of the warehouse.
Whatever stops it, every page before is stored with its marker. Memory: three pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from include.errors import PersonMustAct
from include.toll.polling import Page

MOST_PAGES = 1_000
"""Pages of one poll: a million signals. A feed that has more goes on with the next poll."""

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

    The next page is asked for as soon as this one is there, in a thread of its own: a page's last id is all it takes.
    `first` is the page after `marker` where the caller has it already.
    Raises FeedTurnsInCircles, TooManyPages and what `fetch` raises, each after the pages before were given out.
    """
    page = fetch(marker) if first is None else first
    if _is_the_end(page, marker):
        return
    seen: set[str | None] = {marker}
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="next-page") as ahead:
        for number in range(1, most + 1):
            circle = page.last_id in seen
            seen.add(page.last_id)
            coming: Future[Page[T]] | None = None if circle or number == most else ahead.submit(fetch, page.last_id)
            try:
                yield page
            except GeneratorExit:
                _drop(coming)
                raise
            if circle:
                raise FeedTurnsInCircles(
                    "Customs sent a page that ends where the poll already was. Everything in it is stored and reading "
                    "stopped; if this comes again, tell Tolletaten (the marker is in ledger.marker).",
                    page.last_id,
                )
            if coming is None:
                raise TooManyPages(
                    f"The feed had more than {most} pages. They are stored and the next poll goes on; if it never gets "
                    "to the end, tell Tolletaten."
                )
            before, page = page.last_id, coming.result()
            if _is_the_end(page, before):
                return


class Ahead(Generic[T]):
    """The items, each made in a thread of its own while whoever takes them waits for something else.

    What `items` raises comes out after the items before it. On leaving, the item that is being made is waited for.
    """

    _END: Any = object()

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead")
        self._coming: Future[T] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._thread.shutdown()

    def make_next(self) -> None:
        """Begins with the item after the one that was taken: the taker is about to wait, so Python's lock is free.

        Left out, the item is made when it is asked for.
        """
        if self._coming is None:
            self._coming = self._thread.submit(next, self._items, self._END)

    def __iter__(self) -> Iterator[T]:
        while True:
            self.make_next()
            coming, self._coming = self._coming, None
            if coming is None or (item := coming.result()) is self._END:
                return
            yield item


def _is_the_end(page: Page[Any], marker: str | None) -> bool:
    """An empty page, or, where the marker counts in, one with the marker's own item only."""
    if page.last_id is None or not page.items:
        return True
    # Where the last id is another the items are not looked at: reading them is left to whoever takes the page.
    return page.last_id == marker and {getattr(item, "id", None) for item in page.items} == {marker}


def _drop(coming: Future[Any] | None) -> None:
    """Whoever takes no more pages does not wait for the one on its way."""
    if coming is not None:
        coming.cancel()
