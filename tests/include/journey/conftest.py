from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from include.ivi.samples import sample_vin
from include.journey import present
from include.sandbox import Sandbox
from include.sandbox.avgift import AvgiftPattern
from tests.drivers.desk import Desk
from tests.drivers.landing import Landing
from tests.drivers.night import CLOSED, Night


@pytest.fixture
async def landing(
    warehouse: str, authorities: AbstractAsyncContextManager[Sandbox], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Landing]:
    """A party with an empty folder of presentations and a fresh warehouse, beside a customs that is told what to do."""
    monkeypatch.setattr(present, "_GATE_POLL_SECONDS", 0.02)
    async with authorities as sandbox:
        yield Landing(warehouse, sandbox, tmp_path)


@pytest.fixture
def closed(night: Night) -> Night:
    """A night in which the authority has not opened one type approval."""
    night.sandbox.avgift.close(AvgiftPattern(type_approval=CLOSED))
    return night


@pytest.fixture
async def desk(night: Night) -> Desk:
    """A party in English whose vehicles 1 to 4 are at the authority; the first is registered."""
    night.configure(language="en", registration={"lag_minutes": 0})
    night.put_many(range(1, 5))
    await night.whole()
    night.sandbox.vehicles.register(sample_vin(1), "2026-11-21")
    return Desk(night)
