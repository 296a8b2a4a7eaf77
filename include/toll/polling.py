"""What the polls bring home: control signals and validation statuses, tolerant of everything but a missing identity.

Fields may be added and values may be new within one version of the interface, so an unknown value is kept as it is,
and an unreadable time is None. Only what cannot be told apart from others (no id) or says nothing (no routing, no
status) is malformed: it is kept raw, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar, overload
from uuid import UUID

from include.errors import PersonMustAct
from include.toll.answer import Fault

Endpoint = Literal["house-consignment", "transport"]

T = TypeVar("T")


@dataclass(slots=True)
class Signal:
    """One routing signal. It is never changed, but not frozen either, which would double the cost of reading a feed.

    `routing` and `control_location` are kept verbatim, also when nobody has seen them before. `eta` and `sta` are the
    estimated and scheduled time of arrival, `issued_at` the documentIssueDate; all aware, None when absent or
    unreadable. `raw` is the signal as JSON.
    """

    id: str
    mrn: str | None
    document_number: str | None
    document_type: str | None
    receptacle: str | None
    container: str | None
    transport_id: str | None
    transport_type: str | None
    eta: datetime | None
    sta: datetime | None
    routing: str
    control_location: str | None
    issued_at: datetime | None
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Status:
    """The validation status of one request. `status` is verbatim: SUCCESS, FAILURE, or what may come.

    `already_used`: a failure that only says that this requestId was used before; it says nothing of the consignment,
    so it must not replace the status of the first use.
    """

    request_id: str
    status: str
    notified_at: datetime | None
    faults: tuple[Fault, ...]
    mrn: str | None
    raw: bytes = field(repr=False)
    already_used: bool = False


@dataclass(frozen=True, slots=True)
class Malformed:
    """An element that cannot be used, kept raw; `id` where it can be read, so that order and marker survive."""

    raw: bytes = field(repr=False)
    sentence: str
    id: str | None


class ReadLater(Sequence[T]):
    """The elements of a page, each read when the first of them is looked at: whoever asks for the next page does not
    wait for that."""

    __slots__ = ("_elements", "_items", "_read")

    def __init__(self, elements: Sequence[Any], read: Callable[[Any], T]) -> None:
        self._elements = elements
        self._read = read
        self._items: tuple[T, ...] | None = None

    def __len__(self) -> int:
        return len(self._elements if self._items is None else self._items)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        return self._all()[at]

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # as of every sequence that is equal by what it holds

    def _all(self) -> tuple[T, ...]:
        items = self._items
        if items is None:
            items = self._items = tuple(map(self._read, self._elements))
            self._elements = ()  # they are no longer needed, and a page is large
        return items


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. `items` in feed order, repeated ids included; `last_id` is the marker after it.

    It is None without any item, and where no item has an id to go on from: the marker then stays as it is.
    """

    items: Sequence[T | Malformed]
    last_id: str | None


class MarkerRefused(PersonMustAct):
    """The authority refuses the stored marker (400, 404, 410, 422): rewind on purpose, by the form."""


class TollPolls(Protocol):
    """What the polls ask of Tolletaten, blocking; `include.toll.http_polls` has the real one, tests bring their own.

    All raise TryAgain (ServiceUnavailable, RateLimited with `retry_after`), AccessDenied, ConfigurationError.
    """

    def routing(self, endpoint: Endpoint, marker: str | None) -> Page[Signal]:
        """The signals after `marker`, the oldest first (None: from the start). Raises MarkerRefused besides."""

    def validation_status(self, marker: str | None = None) -> Page[Status]:
        """The statuses of all requests (mode list). Raises MarkerRefused besides."""

    def validation_of(self, request_id: UUID) -> Status | Malformed | None:
        """The status of one request (modes query and path); None: not ready yet."""

    def close(self) -> None:
        """Give the connections back; idempotent."""
