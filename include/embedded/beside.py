"""A guest at a server of our own: asks the one that `make up` has running, or starts it for the length of a block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from include.embedded.place import take_place
from include.embedded.postgres import EmbeddedPostgres
from include.errors import Busy


class _Guest(EmbeddedPostgres):
    """Knows where the server is, and neither starts nor stops it."""

    def start(self) -> Self:
        self._place = take_place(self.home, self._owner)
        return self

    def stop(self) -> None:
        self._place = None


@contextmanager
def running_server(home: Path) -> Iterator[EmbeddedPostgres]:
    """The server of that folder, running; left as it was found."""
    try:
        server = EmbeddedPostgres(home).start()
    except Busy:
        server = _Guest(home).start()
    try:
        yield server
    finally:
        server.stop()
