"""Cases side by side: lanes are processes with a PostgreSQL, a sandbox and senders of their own, and add up to one run.

Most of a case is waiting, for a network that is slow on purpose or a process that starts, so a few lanes make use of
cores that one would leave idle. `python -m tests.crash.lanes` is one lane; it ends with a line of JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.crash.dice import RATE
from tests.crash.house import CrashHouse
from tests.crash.suite import Findings, Say, Suite
from tests.crash.windows import WINDOWS

ROOT = Path(__file__).resolve().parents[2]
_RESULT = "lane: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is to be run: names of windows with `documents` each, seeds of random nights and of the naive sender with
    `night_documents` each.
    """

    documents: int
    night_documents: int
    windows: Sequence[str] = ()
    seeds: Sequence[int] = ()
    naive: Sequence[int] = ()
    rate: float = RATE

    def share(self, lane: int, lanes: int) -> Load:
        """Every `lanes`-th of each."""
        windows, seeds, naive = (list(part)[lane::lanes] for part in (self.windows, self.seeds, self.naive))
        return replace(self, windows=windows, seeds=seeds, naive=naive)


class _Lane:
    """One lane's process, begun at once."""

    def __init__(self, home: Path, load: Load, say: Say) -> None:
        self._say = say
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.lanes", "--home", str(home), "--load", json.dumps(asdict(load))],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def findings(self) -> Findings:
        """Passes on what it says until it ends."""
        lines: list[str] = []
        with self.process:
            for line in self.process.stdout or ():
                lines.append(line.rstrip("\n"))
                if not line.startswith(_RESULT):
                    self._say(lines[-1])
        if self.process.returncode or not lines or not lines[-1].startswith(_RESULT):
            words = " / ".join(lines[-5:])
            return Findings(problems=[f"a lane ended with {self.process.returncode}: {words[-800:]}"])
        return Findings.from_json(lines[-1].removeprefix(_RESULT))


class Lanes:
    """A load on its way in lanes; `found` waits for it and adds up. A lane that breaks is a problem of the run."""

    def __init__(self, home: Path, load: Load, lanes: int, say: Say) -> None:
        self._lanes = [_Lane(home / f"lane{lane}", load.share(lane, lanes), say) for lane in range(lanes)]
        self._pool = ThreadPoolExecutor(max(lanes, 1))
        self._coming = [self._pool.submit(lane.findings) for lane in self._lanes]

    def found(self) -> Findings:
        return Findings.sum(coming.result() for coming in self._coming)

    def stop(self) -> None:
        """Ends what nobody waits for any more."""
        for lane in self._lanes:
            lane.process.terminate()
        self._pool.shutdown()


def run_in_lanes(home: Path, load: Load, lanes: int, say: Say) -> Findings:
    """Runs the load to its end."""
    running = Lanes(home, load, lanes, say)
    try:
        return running.found()
    finally:
        running.stop()


def _one(home: Path, load: Load) -> Findings:
    chosen = [window for window in WINDOWS if window.name in set(load.windows)]
    with CrashHouse(home) as house:
        suite = Suite(house, say=_say)
        suite.windows(chosen, load.documents)
        suite.random(load.seeds, load.night_documents, load.rate)
        suite.naive(load.naive, load.night_documents)
    for part in ("cases", "sandbox"):
        shutil.rmtree(home / part, ignore_errors=True)
    return suite.found


def main(arguments: Sequence[str] | None = None) -> int:
    """One lane."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.lanes", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--load", type=json.loads, required=True)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # requests that a proxy cut are meant to be cut
    with contextlib.suppress(OSError):
        os.nice(5)  # whoever waits for the lanes goes first
    print(_RESULT + _one(options.home, Load(**options.load)).to_json(), flush=True)
    return 0


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


def names_of(words: Iterable[str]) -> list[str]:
    """The windows whose name holds one of the words; all of them for no words."""
    wanted = list(words)
    return [window.name for window in WINDOWS if not wanted or any(word in window.name for word in wanted)]


if __name__ == "__main__":
    sys.exit(main())
