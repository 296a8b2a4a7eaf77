"""`python -m tests.crash`: kills sender processes in every window and compares ledger and truth log.

DOCS= sets the documents per case (default 1000), SEEDS= the number of random nights (20), LANES= how many cases run
side by side (3). `--only WORD …` chooses the cases whose name holds a word; seeds and the naive sender are then run
only when `seed` is one of the words. Exit status 1: something was lost, doubled or wrong, a point was not reached, or
the naive sender was not caught.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.crash.lanes import Load, names_of, run_in_lanes
from tests.crash.polls import polls_killed
from tests.crash.suite import Findings
from tests.crash.windows import NOT_APPLICABLE

HOME = Path(".samsvar/crash")
_NAIVE_SEEDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when nothing was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    words = parser.parse_args(arguments).only
    documents, seeds, lanes = (_number(name, usual) for name, usual in (("DOCS", 1000), ("SEEDS", 20), ("LANES", 3)))
    nights = range(1, seeds + 1) if not words or "seed" in words else range(0)
    load = Load(
        documents=documents,
        night_documents=documents,
        windows=names_of(words),
        seeds=nights,
        naive=nights[:_NAIVE_SEEDS],
    )
    found = Findings.sum([run_in_lanes(HOME.absolute(), load, lanes, _say), polls_killed(HOME / "polls", words, _say)])
    for number, reason in NOT_APPLICABLE.items():
        print(f"not applicable {number}: {reason}")
    for name in found.missed:
        print(f"NOT REACHED: {name}")
    for problem in found.problems:
        print(f"WRONG: {problem}")
    print(found.last_line(documents), flush=True)
    return 0 if found.passed else 1


def _number(name: str, usual: int) -> int:
    return int(os.environ.get(name) or usual)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
