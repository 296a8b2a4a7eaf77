"""Imports, once in the process that forks the tasks, what every task would import for itself.

A task of Airflow is a forked process. What its parent has in memory costs it nothing; what it has not costs about a
second of a core per task, as much as three hundred documents. Used from `airflow_local_settings.py`:

    from samsvar.preload import preload
    preload()

Opens no connection, starts no thread and reads no setting, so nothing is shared but code.
"""

from __future__ import annotations

import sys
from importlib import import_module

#: `airflow scheduler` forks the tasks of LocalExecutor, `airflow celery worker` those of CeleryExecutor.
_FORKING = frozenset({"scheduler", "celery"})
_MODULES = (
    "airflow.sdk.execution_time.task_runner",
    "include.config.parties",
    "include.journey.collect",
    "include.journey.file_away",
    "include.journey.poll_routing",
    "include.journey.poll_validation",
    "include.journey.leasing.collect",
    "include.journey.leasing.file_away",
    "include.journey.leasing.forget",
    "include.journey.leasing.settle",
    "include.journey.leasing.submit",
    "include.journey.reconcile",
    "include.journey.present",
    "include.journey.present_check",
    "include.journey.present_take",
    "include.journey.present_tell",
    "include.journey.present_work",
    "include.journey.reconcile_days",
    "include.journey.resolve",
    "include.journey.submit",
    "include.journey.validate",
    "include.ledger.locks",
    "samsvar.hooks.ecoc_drop",
    "samsvar.hooks.leasing_keys",
    "samsvar.hooks.register",
    "samsvar.hooks.toll",
    "samsvar.hooks.vegvesen",
    "samsvar.hooks.warehouse",
    "samsvar.operators.check_invariant",
    "samsvar.operators.check_presentations",
    "samsvar.operators.collect_ecoc",
    "samsvar.operators.collect_leasing",
    "samsvar.operators.decide_by_hand",
    "samsvar.operators.decide_leasing",
    "samsvar.operators.fail_plainly",
    "samsvar.operators.file_away_ecoc",
    "samsvar.operators.find_presenters",
    "samsvar.operators.file_leasing",
    "samsvar.operators.find_leasing",
    "samsvar.operators.find_undecided",
    "samsvar.operators.find_unknown",
    "samsvar.operators.plan_lots",
    "samsvar.operators.present_consignments",
    "samsvar.operators.read_presentations",
    "samsvar.operators.reconcile_days",
    "samsvar.operators.poll_routing",
    "samsvar.operators.poll_validation_status",
    "samsvar.operators.reconcile_ecoc",
    "samsvar.operators.reconcile_leasing",
    "samsvar.operators.resolve_unknown",
    "samsvar.operators.settle_leasing",
    "samsvar.operators.submit_ecoc",
    "samsvar.operators.tell_presentations",
    "samsvar.operators.submit_leasing",
    "samsvar.operators.validate_ecoc",
    "samsvar.party_dag",
    "samsvar.telling",
)


def preload() -> None:
    """Does nothing in processes that fork no tasks (API server, DAG processor, triggerer, commands)."""
    if not _FORKING.isdisjoint(sys.argv[1:2]):
        for module in _MODULES:
            import_module(module)
