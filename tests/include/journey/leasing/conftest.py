from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from include.journey import sharing
from include.sandbox import Sandbox
from tests.drivers.leasing import Leasing
from tests.drivers.party import Hurried


@pytest.fixture
async def leasing(
    warehouse: str, authorities: AbstractAsyncContextManager[Sandbox], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Leasing]:
    """A party with an empty folder, a fresh warehouse and an authority that works."""
    monkeypatch.setattr(sharing, "asyncio", Hurried())
    async with authorities as sandbox:
        yield Leasing(warehouse, sandbox, tmp_path)
