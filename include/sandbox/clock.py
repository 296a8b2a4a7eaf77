"""The sandbox's clock: real time plus a skew that can be turned, so that a caller's wrong clock can be rehearsed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


class Clock:
    """Seconds since the epoch as the authorities see them; `skew` is how many seconds they are ahead of us."""

    def __init__(self, skew: float = 0.0) -> None:
        self.skew = skew

    def now(self) -> float:
        """Seconds since the epoch, skew included."""
        return time.time() + self.skew

    def oslo(self) -> str:
        """Local time without offset and with milliseconds, the form of `datoTid` in an EcocStatusResponse."""
        return datetime.fromtimestamp(self.now(), OSLO).replace(tzinfo=None).isoformat(timespec="milliseconds")


def utc_stamp() -> str:
    """This machine's own time, never skewed: the truth log must order effects as they happened."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
