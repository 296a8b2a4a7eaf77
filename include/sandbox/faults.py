"""Faults and latency, decided by seed, service and request number alone, so that a failing run can be repeated.

The kinds are those of a real network and a real gateway. What matters to a sender is *when* the authority acted:

| kind | did it act? | what the caller sees |
|---|---|---|
| lost_request | no | the connection is dropped |
| unavailable / rate_limited / error / html_400 / redirect | no | 503 / 429 with Retry-After / 500 / an HTML 400 / 307 |
| lost_answer | yes | the connection is dropped |
| cut_body | yes | 200 with the announced length, half of the body, then the end |
| error_after_accept | yes | 500 without an authority's body |
| slow_answer | yes, at once | the right answer after `slow_seconds` |
| late_accept | yes, after `slow_seconds` | the right answer, later than most callers wait |
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import NormalDist
from types import MappingProxyType
from typing import Any

from include.errors import ConfigurationError

_NORMAL = NormalDist()


class FaultKind(StrEnum):
    """See the table at the top of this module."""

    LOST_REQUEST = "lost_request"
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    ERROR = "error"
    HTML_400 = "html_400"
    REDIRECT = "redirect"
    LOST_ANSWER = "lost_answer"
    CUT_BODY = "cut_body"
    ERROR_AFTER_ACCEPT = "error_after_accept"
    SLOW_ANSWER = "slow_answer"
    LATE_ACCEPT = "late_accept"


def draw(seed: int, *parts: object) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.blake2b("|".join(map(str, (seed, *parts))).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Which requests of one service go wrong.

    `rates`: kind → share of requests (their sum at most 1). `at`: request number (from 1) → kind, which goes first.
    `slow_seconds` belongs to slow_answer and late_accept, `retry_after` (seconds) to rate_limited and unavailable.
    """

    rates: Mapping[FaultKind, float] = field(default_factory=lambda: MappingProxyType({}))
    at: Mapping[int, FaultKind] = field(default_factory=lambda: MappingProxyType({}))
    slow_seconds: float = 120.0
    retry_after: int = 1

    def choose(self, seed: int, service: str, number: int) -> FaultKind | None:
        """The fault of that request, or None."""
        if number in self.at:
            return self.at[number]
        if not self.rates:
            return None
        point, upto = draw(seed, service, "fault", number), 0.0
        for kind in sorted(self.rates):
            upto += self.rates[kind]
            if point < upto:
                return kind
        return None


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one request takes: `seconds` exactly, or log-normal around that median with `sigma` (0.5 is lively).

    The authority acts when `act_at` (0–1) of the time has passed; at 1 a caller who gave up early is still acted for.
    """

    seconds: float = 0.0
    sigma: float = 0.0
    act_at: float = 1.0

    def draw(self, seed: int, service: str, number: int) -> float:
        """Seconds for that request."""
        if not self.sigma or not self.seconds:
            return self.seconds
        point = min(max(draw(seed, service, "latency", number), 1e-9), 1 - 1e-9)
        return self.seconds * math.exp(self.sigma * _NORMAL.inv_cdf(point))


def fault_plan(settings: Mapping[str, Any]) -> FaultPlan:
    """A plan from JSON: {"rates": {kind: share}, "at": {"12": kind}, "slow_seconds": …, "retry_after": …}.

    Raises ConfigurationError naming the field that is wrong.
    """
    unknown = settings.keys() - {"rates", "at", "slow_seconds", "retry_after"}
    if unknown:
        raise ConfigurationError(f"A fault plan has no field {sorted(unknown)[0]}; remove it.")
    try:
        rates = {FaultKind(kind): float(share) for kind, share in dict(settings.get("rates", {})).items()}
        at = {int(number): FaultKind(kind) for number, kind in dict(settings.get("at", {})).items()}
        slow, retry = float(settings.get("slow_seconds", 120.0)), int(settings.get("retry_after", 1))
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"A fault plan cannot be read ({error}); kinds are {', '.join(FaultKind)}.") from error
    if any(share < 0 for share in rates.values()) or sum(rates.values()) > 1:
        raise ConfigurationError("The rates of a fault plan must be shares from 0 to 1 with a sum of at most 1.")
    return FaultPlan(rates, at, slow, retry)
