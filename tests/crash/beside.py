"""The short form of the suite, on its way beside other tests.

Its lanes need the processor; the tests that kill parts of a real house mostly wait.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.dice import RATE
from tests.crash.lanes import Lanes, Load

DOCUMENTS = 100
#: Random nights: as many as `make crash` has, but a night has a handful of kills instead of some sixty.
SEEDS, NIGHT_DOCUMENTS, GENTLE, LANES = 20, 1_000, RATE / 10, 3


@pytest.fixture(scope="session")
def crash_lanes(request: pytest.FixtureRequest) -> Iterator[Lanes]:
    """The windows and random nights that this session's tests judge, begun when the first test asks for it."""
    judges = [item for item in request.session.items if "ran" in getattr(item, "fixturenames", ())]
    windows = [item.callspec.params["window"].name for item in judges if hasattr(item, "callspec")]
    seeds = range(1, SEEDS + 1) if len(judges) > len(windows) else range(0)
    home = Path(__file__).resolve().parents[2] / ".samsvar" / "tests"
    home /= f"crash-lanes{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    load = Load(documents=DOCUMENTS, night_documents=NIGHT_DOCUMENTS, windows=windows, seeds=seeds, rate=GENTLE)
    lanes = Lanes(home, load, LANES if judges else 0, say=print)
    try:
        yield lanes
    finally:
        lanes.stop()
