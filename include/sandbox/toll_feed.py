"""A feed of signals or statuses: elements in order, read by marker a page at a time.

Elements are kept as bytes and a page is one join of them, so that a feed of a hundred thousand is served as fast as a
socket takes it. A late commit is an element that appears *before* elements that were already given out, as in any
table whose transactions overlap: a reader that only ever goes forward never meets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Element:
    """`id` is what a marker names (None: the element has none that can be read)."""

    id: str | None
    body: bytes


@dataclass(slots=True)
class _Late:
    """An element that waits; `before` is how many elements stood in front of its place."""

    element: Element
    routing: str
    before: int


class Feed:
    """In order of publication, with the last place of every id."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self._places: dict[str, int] = {}
        self._ids: list[str | None] = []
        self._late: list[_Late] = []

    def __len__(self) -> int:
        return len(self._bodies)

    def publish(self, elements: Iterable[Element]) -> None:
        """Appends them."""
        for element in elements:
            if element.id is not None:
                self._places[element.id] = len(self._bodies)
            self._bodies.append(element.body)
            self._ids.append(element.id)

    def hold_back(self, element: Element, routing: str) -> None:
        """Its place is here, but it is seen only after `commit_late`."""
        self._late.append(_Late(element, routing, len(self._bodies)))

    @property
    def late(self) -> int:
        """How many are held back."""
        return len(self._late)

    def commit_late(self) -> list[tuple[str, str]]:
        """Puts what was held back into its places, before what came after it; gives id and routing of each."""
        if not self._late:
            return []
        ordered: list[Element] = []
        late = iter(sorted(self._late, key=lambda one: one.before))
        following = next(late, None)
        for place, (identity, body) in enumerate(zip(self._ids, self._bodies, strict=True)):
            while following is not None and following.before <= place:
                ordered.append(following.element)
                following = next(late, None)
            ordered.append(Element(identity, body))
        ordered += [one.element for one in ([following] if following else []) + list(late)]
        came = [(one.element.id or "", one.routing) for one in self._late]
        self.clear()
        self.publish(ordered)
        return came

    def place_of(self, marker: str) -> int | None:
        """The last place of that id, None when no element has it."""
        return self._places.get(marker)

    def page(self, start: int, size: int) -> bytes:
        """A JSON array of at most `size` elements from place `start` on."""
        return b"[%b]" % b",".join(self._bodies[start : start + size])

    def clear(self) -> None:
        """Empties it."""
        for each in (self._bodies, self._places, self._ids, self._late):
            each.clear()
