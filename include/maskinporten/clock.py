"""The two clocks: wall time goes into assertions, monotonic time measures how long a token still lives."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """`wall` is seconds since 1970, `monotonic` seconds since some start; tests pass their own."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


def measured_skew(headers: Mapping[str, str], *, before: float, after: float) -> float | None:
    """Seconds this machine is ahead of the server (negative: behind), from the reply's `Date`; None without one.

    `before` and `after` are the wall clock around the call; their middle is compared, since Date knows whole seconds.
    """
    text = headers.get("Date")
    if not text:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return (before + after) / 2 - date.replace(tzinfo=date.tzinfo or UTC).timestamp() - 0.5


def skew_sentence(skew: float | None) -> str:
    """The measured skew in plain words."""
    if skew is None:
        return "Maskinporten sent no Date to compare this machine's clock with"
    if abs(skew) < 2:
        return "this machine's clock agrees with Maskinporten's within two seconds"
    return f"this machine's clock is {abs(skew):.0f} seconds {'ahead of' if skew > 0 else 'behind'} Maskinporten's"
