"""What the sandbox's Tolletaten still knows after a restart: signals and statuses it has given out or will.

Without it, the markers that somebody keeps would be refused after every restart. Generated feeds are not kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson


class Journal:
    """Appends to `toll.jsonl`, each line in one system call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1

    def open(self) -> None:
        """Opens for appending; a line that was cut is ended, and left out when it is read."""
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")

    def close(self) -> None:
        """Idempotent."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def add(self, line: dict[str, Any]) -> None:
        """One line; nothing before `open`."""
        if self._file >= 0:
            os.write(self._file, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every line that can be read."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                try:
                    yield orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue
