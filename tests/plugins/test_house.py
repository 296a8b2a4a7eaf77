"""The retry rule is read off the error class."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.sdk import RetryAction

from include.errors import (
    AccessDenied,
    Busy,
    ConfigurationError,
    NameRefused,
    RateLimited,
    ServiceUnavailable,
    SumsDiffer,
)
from samsvar.house import LOT_POOLS, LOTS_AT_ONCE, POOLS, WhatHappensNext


def decide(error: BaseException, try_number: int = 1):
    return WhatHappensNext().evaluate(error, try_number, 5)


@pytest.mark.parametrize(
    "error",
    [ConfigurationError("x"), AccessDenied("x"), SumsDiffer("x"), NameRefused("x", rule_id="name.path")],
    ids=lambda error: type(error).__name__,
)
def test_what_a_person_must_change_fails_at_once(error):
    assert decide(error).action is RetryAction.FAIL


@pytest.mark.parametrize(
    "error", [ServiceUnavailable("x"), Busy("x"), RateLimited("x")], ids=lambda e: type(e).__name__
)
def test_what_may_work_later_is_retried_with_growing_pauses(error):
    pauses = [decide(error, number).retry_delay for number in (1, 2, 3, 9)]
    assert decide(error).action is RetryAction.RETRY
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[1] < pauses[2]
    assert pauses[-1] <= timedelta(minutes=10)


def test_retry_after_is_honoured():
    assert decide(RateLimited("x", retry_after=77)).retry_delay == timedelta(seconds=77)


def test_anything_else_follows_the_task_s_own_retries():
    assert decide(ZeroDivisionError()).action is RetryAction.DEFAULT


def test_one_party_never_takes_every_slot_of_a_pool():
    assert set(LOT_POOLS.values()) <= set(POOLS)
    assert all(slots > LOTS_AT_ONCE for slots, _ in POOLS.values())
