"""The truth log: one line per effect the sandbox had, which is the oracle of every test about lost or doubled sends.

It is written by the side that was written to, never by the sender, so it does not share the sender's mistakes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from .clock import utc_stamp


class TruthLog:
    """Appends to `truth.jsonl`, each line in one system call, so a killed sandbox leaves whole lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1

    def open(self) -> None:
        """Opens for appending; a line cut by a power loss is closed so that the next one stays readable."""
        torn = self.path.exists() and self.path.stat().st_size > 0 and self.path.read_bytes()[-1:] != b"\n"
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if torn:
            os.write(self._file, b"\n")

    def close(self) -> None:
        """Idempotent."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def add(
        self,
        service: str,
        op: str,
        result: str,
        *,
        ref: str | None = None,
        vin: str | None = None,
        sha256: str | None = None,
        sender: str | None = None,
        count: int = 0,
    ) -> None:
        """One effect. `count` is how often this sender + ref + sha256 has been created so far, this time included."""
        line = {
            "t": utc_stamp(),
            "service": service,
            "op": op,
            "ref": ref,
            "vin": vin,
            "sha256": sha256,
            "sender": sender,
            "result": result,
            "count": count,
        }
        os.write(self._file, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def add_many(self, service: str, op: str, effects: Iterable[tuple[str, str]], *, sender: str) -> None:
        """Effects (ref, result) that happened together, each with count 1, in one system call."""
        stamp = utc_stamp()
        line = {"t": stamp, "service": service, "op": op, "vin": None, "sha256": None, "sender": sender, "count": 1}
        lines = [
            orjson.dumps(line | {"ref": ref, "result": result}, option=orjson.OPT_APPEND_NEWLINE)
            for ref, result in effects
        ]
        if lines:
            os.write(self._file, b"".join(lines))

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every effect in the order it happened; lines that are no JSON (cut by a power loss) are left out."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                try:
                    yield orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue
