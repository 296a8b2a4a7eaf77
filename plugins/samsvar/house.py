"""The house style of every DAG: names, pools, retries, defaults. Light on purpose: each task process imports it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, RetryDecision, RetryPolicy

from include.errors import OneDocument, PersonMustAct, TryAgain

if TYPE_CHECKING:
    from airflow.sdk import Context

OWNER = "samsvar"
TIMEZONE = "Europe/Oslo"

#: When unknown outcomes are looked at: a cron line in TIMEZONE. One that is empty: only by hand.
RESOLUTION_SCHEDULE = os.environ.get("SAMSVAR_RESOLUTION_SCHEDULE", "*/10 * * * *").strip()

#: When files in lookups/ are taken and answered. Same form.
LOOKUP_SCHEDULE = os.environ.get("SAMSVAR_LOOKUP_SCHEDULE", "*/15 * * * *").strip()

#: When the ledger is kept in order, likewise: after the nights.
HOUSEKEEPING_SCHEDULE = os.environ.get("SAMSVAR_HOUSEKEEPING_SCHEDULE", "45 6 * * *").strip()
#: How long answers are kept as they came, in months (evidence must last twelve). Hashes stay for ever.
RETENTION_MONTHS = os.environ.get("SAMSVAR_RETENTION_MONTHS", "").strip() or "12"
#: When accepted vehicles are looked up: after the importers' nights. Same form.
REGISTRATION_SCHEDULE = os.environ.get("SAMSVAR_REGISTRATION_SCHEDULE", "30 4 * * *").strip()

#: When the reconciliation of all parties runs, beside after every party's run: a cron line in TIMEZONE.
RECONCILIATION_SCHEDULE = os.environ.get("SAMSVAR_RECONCILIATION_SCHEDULE", "0 6 * * *").strip()

#: When files with presentations are looked for, likewise. The form presents at any time.
PRESENTATION_SCHEDULE = os.environ.get("SAMSVAR_PRESENTATION_SCHEDULE", "*/5 * * * *").strip()

#: Every run of a party that came to its end says so here; the reconciliation runs on it. A name and no URI: the scheme
#: of a URI makes every task's process import all providers.
RECONCILED = Asset("samsvar_reconciled")

#: When changes of leaseholders are carried: a cron line in TIMEZONE. One that is empty: only by hand.
LEASING_SCHEDULE = os.environ.get("SAMSVAR_LEASING_SCHEDULE", "5,35 6-21 * * *").strip()

#: What must always hold: one check of the reconciliation each, and each a file in include/ledger/differences.
INVARIANTS = (
    "accepted_without_evidence",
    "document_in_two_states",
    "evidence_without_acceptance",
    "refused_without_evidence",
    "sums_differ",
)

#: When lists of deletions are looked for: a cron line in TIMEZONE. One that is empty: only by hand.
DELETION_SCHEDULE = os.environ.get("SAMSVAR_DELETION_SCHEDULE", "*/15 * * * *").strip()

#: Airflow pools and their slots. They bound how many tasks work at once; how many requests are in flight is shared
#: out by the ledger. `make migrate`, `make up` and compose create them.
POOLS: dict[str, tuple[int, str]] = {
    "vegvesen": (8, "Tasks that send to Statens vegvesen at the same time."),
    "ecoc_drop": (8, "Tasks that work on the importers' SFTP drop at the same time."),
    "ecoc_checks": (8, "Tasks that validate documents at the same time."),
    "toll": (8, "Tasks that present at customs at the same time."),
}

#: Lots of one run that are worked on side by side: fewer than a pool has slots, so that a party with fifty lots leaves
#: room for one with a single lot.
LOTS_AT_ONCE = 4

#: Lots of one run that are checked side by side. Two cores check more documents than any authority takes meanwhile, and
#: the fewer lots share the cores, the sooner the first of them can be sent while the next ones are checked.
CHECKS_AT_ONCE = 2

#: Checking a lot takes seconds; a check that hangs is ended, and its lot tried again.
CHECK_TIMEOUT = timedelta(minutes=30)

#: Which pool each of a lot's tasks works in.
LOT_POOLS = {"validate": "ecoc_checks", "submit": "vegvesen", "file_away": "ecoc_drop"}
#: And each of a party's tasks of a presentation run; checking needs none.
PRESENTATION_POOLS = {"read": "ecoc_drop", "present": "toll", "receipt": "ecoc_drop"}


def lot_limits(step: str) -> dict[str, Any]:
    """In which pool one of a lot's steps works, and how many lots of a run are in that step at once."""
    at_once = CHECKS_AT_ONCE if step == "validate" else LOTS_AT_ONCE
    return {"pool": LOT_POOLS[step], "max_active_tis_per_dagrun": at_once}


class WhatHappensNext(RetryPolicy):
    """Reads the rule off the error class: a person must act → fail at once; try again → retry, as Retry-After says."""

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        max_tries: int,  # noqa: ARG002 - Airflow's signature
        context: Context | None = None,  # noqa: ARG002
    ) -> RetryDecision:
        """Airflow asks this in the task's process, with the real exception."""
        if isinstance(exception, PersonMustAct | OneDocument):
            return RetryDecision.fail(reason="A retry cannot help: change what the message names, then clear the task.")
        if isinstance(exception, TryAgain):
            seconds = exception.retry_after or min(30.0 * 2 ** (try_number - 1), 600.0)
            return RetryDecision.retry(delay=timedelta(seconds=seconds), reason=f"Trying again in {seconds:.0f} s.")
        return RetryDecision.default()

    def serialize(self) -> dict[str, Any]:
        """Nothing to store: the policy has no settings."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> WhatHappensNext:  # noqa: ARG003
        """The same policy again."""
        return cls()


DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": 4,
    "retry_delay": timedelta(seconds=30),
    "retry_policy": WhatHappensNext(),
    "execution_timeout": timedelta(hours=4),
}


def timetable(schedule: str | None, timezone: str = TIMEZONE) -> CronTriggerTimetable | None:
    """A cron line in a time zone; None, or an empty line, only runs by hand."""
    return CronTriggerTimetable(schedule, timezone=timezone) if schedule else None


def after_runs_or_at(schedule: str | None, timezone: str = TIMEZONE) -> AssetOrTimeSchedule | None:
    """After every run of a party, and by a cron line; None, or an empty line, only runs by hand."""
    clock = timetable(schedule, timezone)
    return AssetOrTimeSchedule(timetable=clock, assets=[RECONCILED]) if clock else None


def house_dag_arguments(*, assets: bool = False) -> dict[str, Any]:
    """What every DAG that belongs to no single party has. `assets`: it also runs on one."""
    return {
        "start_date": datetime(2026, 1, 1, tzinfo=UTC),
        "catchup": False,
        "max_active_runs": 1,
        "allowed_run_types": ["scheduled", "manual", *(["asset_triggered"] if assets else [])],
        "default_args": DEFAULT_ARGS,
    }
