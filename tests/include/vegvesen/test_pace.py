"""How long to wait."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from unittest.mock import AsyncMock

import pytest

from include.authority.pace import Pace, retry_after_seconds

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 30 ", 30.0),
        ("99999999999999999999", 86_400.0),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90.0),
        ("Sunday, 01-Mar-26 12:00:10 GMT", 10.0),
        ("Sun, 01 Mar 2026 13:00:05 +0100", 5.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("Sun, 99 Mar 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, now=NOW) == seconds


async def test_sends_are_spaced_evenly_and_a_pause_is_not_made_up_for() -> None:
    pace, clock = Pace(100.0), asyncio.get_running_loop()
    begun = clock.time()
    await asyncio.gather(*(pace.wait() for _ in range(6)))
    assert 0.045 <= clock.time() - begun < 0.5
    await asyncio.sleep(0.1)
    again = clock.time()
    await asyncio.gather(*(pace.wait() for _ in range(3)))
    assert clock.time() - again >= 0.015


async def test_without_a_rate_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    pace, slept = Pace(None), AsyncMock()
    monkeypatch.setattr(asyncio, "sleep", slept)
    for _ in range(1000):
        await pace.wait()
    assert slept.await_count == 0
