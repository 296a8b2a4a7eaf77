"""`python -m tests.crash`: kills sender processes in every window and compares ledger and truth log.

DOCS= sets the documents per case (default 1000), SEEDS= the number of random nights (20). `--only WORD …` chooses the
cases whose name holds a word; seeds and the naive sender are then run only when `seed` is one of the words. Exit
status 1: something was lost, doubled or wrong, a crash point was not reached, or the naive sender was not caught.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.crash.house import CrashHouse
from tests.crash.suite import Suite
from tests.crash.windows import NOT_APPLICABLE, WINDOWS

HOME = Path(".samsvar/crash")
_NAIVE_SEEDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when nothing was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    words = parser.parse_args(arguments).only
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # requests that a proxy cut are meant to be cut
    documents, seeds = int(os.environ.get("DOCS") or "1000"), int(os.environ.get("SEEDS") or "20")
    chosen = [window for window in WINDOWS if not words or any(word in window.name for word in words)]
    with CrashHouse(HOME) as house:
        suite = Suite(house, documents, say=_say)
        suite.windows(chosen)
        if not words or "seed" in words:
            suite.random(range(1, seeds + 1))
            suite.naive(range(1, min(_NAIVE_SEEDS, seeds) + 1))
    for part in ("cases", "sandbox"):
        shutil.rmtree(HOME / part, ignore_errors=True)
    for number, reason in NOT_APPLICABLE.items():
        print(f"not applicable {number}: {reason}")
    for name in suite.missed:
        print(f"NOT REACHED: {name}")
    for problem in suite.problems:
        print(f"WRONG: {problem}")
    print(suite.last_line(), flush=True)
    return 0 if suite.passed else 1


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
