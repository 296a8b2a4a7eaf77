"""The servers all contestants meet: the sandbox in processes of its own, the drop filled with the same documents."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from include.ivi.samples import sample

ROOT = Path(__file__).resolve().parents[2]
LATENCY = 0.1
"""Seconds the authority takes for one document."""
DOCUMENT_BYTES = 20_000
IN_FLIGHT = 64
CREATED = "KJORETOY_OPPRETTET"


class Servers:
    """`with Servers(home) as servers:` is a fresh sandbox: Maskinporten and Statens vegvesen in one process, the SFTP
    drop in another, as in life they are different machines."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.connections: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        try:
            authority = self._start("authority")
            drop = self._start("drop")
            self.connections = {**authority, "ecoc_sftp": drop["ecoc_sftp"]}
            self.connections["vegvesen"]["extra"]["max_parallel"] = IN_FLIGHT
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends both processes."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(timeout=20)
        self._processes.clear()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids, for who wants to know what the servers cost."""
        return dict(zip(("authority", "drop"), (process.pid for process in self._processes), strict=False))

    @property
    def drop_root(self) -> Path:
        """The folder the SFTP server serves as `/`."""
        return self.home / "drop" / "drop"

    def fill(self, party: str, documents: int, *, first: int = 0) -> None:
        """Lays `documents` different documents into the party's inbox."""
        inbox = self.drop_root / party / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        for number in range(first, first + documents):
            content = sample(number=number, pad_to=DOCUMENT_BYTES)
            (inbox / f"ecoc-{number:06d}.xml").write_bytes(content)

    def created(self) -> list[dict[str, Any]]:
        """What the authority created, from its own truth log."""
        log = self.home / "authority" / "truth.jsonl"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [line for line in map(json.loads, lines) if line["result"] == CREATED]

    def _start(self, name: str) -> dict[str, Any]:
        home = self.home / name
        home.mkdir(parents=True, exist_ok=True)
        ready = home / "sandbox.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "include.sandbox", "--home", str(home), "--latency", str(LATENCY)]
        with (home / "log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, "TZ": "UTC"}
            )
        self._processes.append(process)
        deadline = time.monotonic() + 30
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the sandbox {name} did not start: {(home / 'log').read_text()[-500:]}")
            time.sleep(0.05)
        found: dict[str, Any] = json.loads((home / "connections.json").read_text())
        return found


@dataclass(frozen=True, slots=True)
class Filed:
    """What lies at the drop when a contestant is done, and when the file server did the last rename."""

    left: int
    archived: int
    receipts: int
    last_rename: datetime
    last_receipt: datetime | None


def look_at_drop(servers: Servers, party: str) -> Filed:
    """Counts files; the time of a folder is the time of the last rename into it."""
    folder = servers.drop_root / party
    days = [day for day in (folder / "archive").glob("*/*/*") if day.is_dir()] or [folder / "archive"]
    receipts = folder / "receipts"
    return Filed(
        left=_entries(folder / "inbox"),
        archived=sum(_entries(day) for day in days),
        receipts=_entries(receipts),
        last_rename=max(_changed(day) for day in days),
        last_receipt=_changed(receipts) if receipts.is_dir() else None,
    )


def _entries(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


def _changed(folder: Path) -> datetime:
    return datetime.fromtimestamp(folder.stat().st_mtime).astimezone()
