"""What the processes of Airflow's tasks cost, looked up in /proc while a run is under way."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_EVERY_SECONDS = 1.0
_MEGABYTE = 1024


class TaskMemory:
    """`with TaskMemory(scheduler) as memory:` notes the peak of every process below the scheduler.

    The kernel keeps each process's peak of resident memory, so a look now and then misses only what the last
    second of a task adds. Pages shared with the process it was forked from count as its own.
    """

    def __init__(self, scheduler: int) -> None:
        self._scheduler = scheduler
        self._peaks: dict[int, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def peak(self) -> float:
        """The largest peak of one process, in MB."""
        return max(self._peaks.values(), default=0) / _MEGABYTE

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY_SECONDS):
            parents = _parents()
            for pid in parents:
                if _is_below(pid, self._scheduler, parents):
                    self._peaks[pid] = max(self._peaks.get(pid, 0), _peak_kilobytes(pid))


def _parents() -> dict[int, int]:
    found: dict[int, int] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - hundreds of them, twice a second
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                    found[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except OSError:
                continue
    return found


def _is_below(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid > 1:
        pid = parents.get(pid, 0)
        if pid == ancestor:
            return True
    return False


def _peak_kilobytes(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def cpu_below(roots: Sequence[int]) -> float:
    """CPU seconds, user and system, of these processes and all below them, with the children that ended before."""
    parents = _parents()
    family = {pid for pid in parents if pid in roots or any(_is_below(pid, root, parents) for root in roots)}
    return sum(_cpu(pid) for pid in family)


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
