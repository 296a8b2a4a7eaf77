"""Starting and ending the processes of the embedded house so that nothing of it survives.

A process group is not enough: Airflow gives every task a group of its own. So each process carries a mark in its
environment, inherited by all it starts, and the end of the house is the end of every process with that mark.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from include.errors import ServiceUnavailable

#: The environment variable that says which house a process belongs to; its value is the house's folder.
MARK = "SAMSVAR_HOUSE"


def start_process(
    command: Sequence[str],
    *,
    house: Path,
    environment: Mapping[str, str],
    log: Path,
    folder: Path,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a marked process in a session of its own (a Ctrl-C in the terminal is ours to handle), output to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as opened:
        return subprocess.Popen(  # noqa: S603 our own programs
            list(command),
            cwd=folder,
            # Without SPT_NOENV a process that renames itself wipes the environment that shows the mark.
            env={**environment, MARK: str(house), "SPT_NOENV": "1"},
            stdin=stdin,
            stdout=opened,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def members(house: Path) -> list[psutil.Process]:
    """Every living process of this house except the caller."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(house):
                found.append(process)
    return found


def end_house(
    house: Path, *, first: Sequence[subprocess.Popen[bytes]] = (), last: Sequence[subprocess.Popen[bytes]] = ()
) -> None:
    """End all processes of the house, within about 13 s.

    The leaders in `first` are asked (SIGTERM) and get 3 s, because they end their own children in order. Then everybody
    is asked who is not below `last`, the servers the others still report to: 6 s, enough for a task that drains its
    requests. Then `last`, then SIGKILL for what is left. Raises ServiceUnavailable when something survives that.
    """
    _ask(first)
    wait_for(lambda: all(leader.poll() is not None for leader in first), 3.0)
    spared = _trees(last)
    others = [process for process in members(house) if process.pid not in spared]
    _ask(others)
    psutil.wait_procs(others, timeout=6.0)
    _ask(last)
    wait_for(lambda: all(leader.poll() is not None for leader in last), 3.0)
    _kill_rest(house)
    for leader in (*first, *last):
        leader.poll()


def _ask(processes: Sequence[psutil.Process | subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            process.terminate()


def _trees(leaders: Sequence[subprocess.Popen[bytes]]) -> set[int]:
    pids = {leader.pid for leader in leaders}
    for leader in leaders:
        with contextlib.suppress(psutil.Error):
            pids.update(child.pid for child in psutil.Process(leader.pid).children(recursive=True))
    return pids


def _kill_rest(house: Path) -> None:
    deadline = time.monotonic() + 5.0
    while left := members(house):
        if time.monotonic() > deadline:
            raise ServiceUnavailable(f"Processes of {house} do not end: {sorted(process.pid for process in left)}.")
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=1.0)


def wait_for(condition: Callable[[], bool], seconds: float, *, pause: float = 0.1) -> bool:
    """Ask until the condition holds or the time is over; says which."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def command_line(pid: int) -> str:
    """What a process was called with; empty when it is gone or a zombie."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""


def working_in(folder: Path) -> list[int]:
    """Process ids whose working folder this is."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.cwd() == str(folder.resolve()):
                found.append(process.pid)
    return found
