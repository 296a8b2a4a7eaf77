"""A watch on the requests that are at the authority."""

from __future__ import annotations

from typing import Any


class Flights:
    """Watches requests at the authority: the order of their beginnings and ends, and how many were there at once.

    It sits where the sandbox asks how long a request takes; each takes `seconds`.
    """

    act_at = 1.0

    def __init__(self, service: Any, seconds: float) -> None:
        self.events: list[str] = []
        self.peak = 0
        self._seconds = seconds
        self._now = 0
        self._answer, service._answer = service._answer, self._answered

    def draw(self, *_: object) -> float:
        self.events.append("begins")
        self._now += 1
        self.peak = max(self.peak, self._now)
        return self._seconds

    def _answered(self, call: Any) -> Any:
        self.events.append("ends")
        self._now -= 1
        return self._answer(call)
