"""A watcher that outlives its supervisor: when that is killed without a chance to clean up, it ends the house.

It holds the reading end of a pipe; the supervisor holds the other. When the supervisor is gone, however it went, the
pipe ends. Run as `python -m include.embedded.keeper <folder>...` by `Keeper`, never by hand.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from include.embedded.processes import command_line, end_house, start_process

_ROOT = Path(__file__).resolve().parents[2]
_DONE = b"done"


class Keeper:
    """While it is entered, the death of this process ends every process of the given houses and servers.

    `houses` are the folders given to `start_process` (for Airflow its home). `servers` are homes of EmbeddedPostgres.
    """

    def __init__(self, *, houses: list[Path], servers: list[Path], log: Path) -> None:
        self._arguments = [f"house={house.absolute()}" for house in houses]
        self._arguments += [f"server={server.absolute()}" for server in servers]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe = -1

    def __enter__(self) -> Self:
        reading, self._pipe = os.pipe()
        command = [sys.executable, "-m", "include.embedded.keeper", *self._arguments]
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        try:
            self._process = start_process(
                command, house=self._log, environment=environment, log=self._log, folder=_ROOT, stdin=reading
            )
        finally:
            os.close(reading)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._process is None:
            return
        os.write(self._pipe, _DONE)
        os.close(self._pipe)
        self._process.wait(timeout=10)
        self._process = None


def _stop_server(home: Path) -> None:
    """Ask a PostgreSQL to end at once but in order (SIGINT is its fast shutdown)."""
    try:
        pid = int((home / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if str(home) in command_line(pid):
        os.kill(pid, signal.SIGINT)


def main(arguments: list[str]) -> int:
    """Wait for the supervisor's end; clean up unless it said that it has done so itself."""
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    if sys.stdin.buffer.read() == _DONE:
        return 0
    for argument in arguments:
        kind, _, folder = argument.partition("=")
        end_house(Path(folder)) if kind == "house" else _stop_server(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
