"""Says on stderr how far long work has come; short work stays silent."""

from __future__ import annotations

import time
from typing import TextIO

_SILENT_SECONDS, _EVERY_SECONDS, _EVERY_ON_SCREEN = 2.0, 10.0, 0.5


class Progress:
    """Counts documents. On a screen the line is written over; in a log there is a new one every ten seconds."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._on_screen = out.isatty()
        self._start = time.monotonic()
        self._next = self._start + _SILENT_SECONDS
        self._count = 0
        self._said = False

    def add(self) -> None:
        """One more document is done."""
        self._count += 1
        now = time.monotonic()
        if now >= self._next:
            self._say(now)
            self._next = now + (_EVERY_ON_SCREEN if self._on_screen else _EVERY_SECONDS)

    def end(self) -> None:
        """The last line, where there was any before."""
        if self._said:
            self._say(time.monotonic())
            if self._on_screen:
                self._out.write("\n")
                self._out.flush()

    def _say(self, now: float) -> None:
        rate = self._count / max(now - self._start, 0.001)
        line = f"{self._count:,} documents checked, {rate:,.0f} per second"
        self._out.write(f"\r\033[K{line}" if self._on_screen else f"{line}\n")
        self._out.flush()
        self._said = True
