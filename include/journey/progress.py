"""Progress lines for long work: done/total, rate, time left; at most one line every few seconds."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)

_EVERY_SECONDS = 5.0


class Progress:
    """Counts work of a known or unknown total and logs it now and then.

    `what` names importer and step ("nordbil · lot 3 of 12 · submitted"); `total` is None when nobody knows it.
    """

    def __init__(self, what: str, total: int | None) -> None:
        self.what = what
        self.total = total
        self.done = 0
        self._began = time.monotonic()
        self._said = self._began

    def add(self, count: int = 1) -> None:
        """Counts `count` more and says so when the last line is old enough."""
        self.done += count
        if time.monotonic() - self._said >= _EVERY_SECONDS:
            self._say()

    def finish(self) -> None:
        """The closing line; silent when there was nothing to do."""
        if self.done:
            self._say()

    def _say(self) -> None:
        self._said = time.monotonic()
        elapsed = max(self._said - self._began, 0.001)
        rate = self.done / elapsed
        if self.total is None or self.done >= self.total:
            log.info("%s %d in %.1f s (%.0f/s)", self.what, self.done, elapsed, rate)
        else:
            left = (self.total - self.done) / rate if rate else 0.0
            log.info("%s %d of %d (%.0f/s, about %.0f s left)", self.what, self.done, self.total, rate, left)
