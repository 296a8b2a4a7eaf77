"""Gives birth to sender processes: a process that has imported everything once and forks a sender for each orders.

`python -m tests.crash.nursery` reads orders from its standard input, one line each, and tells births and deaths on its
standard output. A forked sender is a process like any other: it is killed, stopped and continued by its own id.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.crash.orders import Orders, read_orders

ROOT = Path(__file__).resolve().parents[2]
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Life:
    """A sender process as its driver sees it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._over = threading.Event()
        self._status = 0

    def end(self, status: int) -> None:
        self._status = status
        self._over.set()

    def wait(self, timeout: float = 120) -> int:
        """Its exit status, or minus the number of the signal that ended it."""
        if not self._over.wait(timeout):
            self.signal(signal.SIGKILL)
            raise TimeoutError(f"the sender process {self.pid} did not end within {timeout:.0f} s")
        return self._status

    @property
    def lives(self) -> bool:
        return not self._over.is_set()

    def signal(self, number: int) -> None:
        """Sends it a signal, if it is still there."""
        if self.lives:
            os.kill(self.pid, number)


class Nursery:
    """`with Nursery() as nursery: life = nursery.send(orders)`."""

    def __init__(self) -> None:
        self._lives: dict[int, Life] = {}
        self._born: queue.Queue[Life] = queue.Queue()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        threading.Thread(target=self._listen, name="nursery", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(timeout=20)

    def send(self, orders: Orders) -> Life:
        """A new sender process."""
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("the nursery is not open")
        self._process.stdin.write(orders.to_json() + "\n")
        self._process.stdin.flush()
        return self._born.get(timeout=60)

    def _listen(self) -> None:
        if self._process is None or self._process.stdout is None:
            return
        for line in self._process.stdout:
            told: dict[str, Any] = json.loads(line)
            if "born" in told:
                life = self._lives[told["born"]] = Life(told["born"])
                self._born.put(life)
            else:
                self._lives.pop(told["gone"]).end(told["status"])


def _birth(line: str) -> int:
    from tests.crash import given
    from tests.crash.sender import live

    parent, orders = os.getpid(), read_orders(line)
    given.maskinporten(orders)
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None, use_errno=True).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if os.getppid() != parent:
            os._exit(1)
        log = os.open(orders.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        status = live(orders)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _tell(**what: int) -> None:
    os.write(1, (json.dumps(what) + "\n").encode())


def main() -> int:
    """Serves until its standard input ends; senders that still live then end with it."""
    import include.ivi.schema
    import tests.crash.leaser
    import tests.crash.naive
    import tests.crash.presenter
    import tests.crash.sender  # noqa: F401 - imported once for all senders

    include.ivi.schema.load_schemas()
    awake, woken = os.pipe()
    for end in (awake, woken):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    unread = b""
    while True:
        ready, _, _ = select.select([0, awake], [], [])
        if awake in ready:
            os.read(awake, 1024)
            _tell_deaths()
        if 0 in ready:
            read = os.read(0, 1 << 16)
            if not read:
                return 0
            *lines, unread = (unread + read).split(b"\n")
            for line in lines:
                _tell(born=_birth(line.decode()))


def _tell_deaths() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _tell(gone=pid, status=os.waitstatus_to_exitcode(status))


def wait_until(condition: Any, seconds: float, what: str) -> None:
    """Asks until the condition holds; raises TimeoutError naming what did not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
