"""What every DAG of the house has, read from the DAG files as Airflow's own processor reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from include.config.parties import load_parties
from include.embedded import house as embedded_house
from samsvar.house import INVARIANTS, LOT_POOLS, LOTS_AT_ONCE, OWNER, POOLS, TIMEZONE

Ask = Callable[..., Any]

#: DAGs that belong to no single party, with their schedules.
HOUSE_DAGS = {
    "ecoc_resolution": "*/10 * * * *",
    "ecoc_decision": None,
    "ecoc_deletion": "*/15 * * * *",
    "housekeeping": "45 6 * * *",
    "ecoc_registration": "30 4 * * *",
    "vehicle_lookup": "*/15 * * * *",
    "reconciliation": "0 6 * * *",
    "customs_presentation": "*/5 * * * *",
    "customs_routing": None,  # nobody in the shipped parties.yaml has the role customs; test_clocks.py has one
    "customs_validation_status": None,
    "customs_reread": None,
    "customs_rewind": None,
    "leasing_changes": "5,35 6-21 * * *",
}
#: Those that run on an asset beside their schedule.
ON_ASSETS = {"reconciliation"}
#: The tasks that end an importer's run, by DAG: each tells the reconciliation. One that is skipped tells nothing.
ENDS = {
    "ecoc_submission": {"reconcile"},
    "ecoc_resolution": {"resolve"},
    "ecoc_deletion": {"party.tell", "again.tell"},
    "ecoc_registration": {"watch"},
    "leasing_changes": {"party.reconcile"},
    "customs_presentation": {"party.receipt"},
}
#: And those that move no importer's document, or do it by hand and are looked at by the next run or the clock.
TELL_NOBODY = {
    *("ecoc_decision", "housekeeping", "vehicle_lookup", "reconciliation"),
    *("customs_routing", "customs_validation_status", "customs_reread", "customs_rewind"),
}
#: Those of them that only a person starts, and that wait for one: several may.
BY_HAND = {"ecoc_decision", "customs_rewind"}

#: Those whose form is used while a scheduled run is at work.
SIDE_BY_SIDE = {"customs_presentation", "ecoc_deletion"}

HEADINGS = ["What it does", "When it runs", "Reads", "Writes", "If it fails"]


def _broken(found: dict[str, Any], rule: Callable[[Any], bool]) -> list[str]:
    return [name for name, one in found.items() if not rule(one)]


def test_there_is_one_dag_per_shipped_party_and_those_of_the_house(dags: dict[str, Any]) -> None:
    parties = load_parties()
    assert parties.broken == {} and len(parties.good) >= 3
    assert sorted(dags) == sorted([*HOUSE_DAGS, *(f"ecoc_submission__{party}" for party in parties.good)])


def test_a_dags_text_has_the_five_headings_in_order_and_something_below_each(dags: dict[str, Any]) -> None:
    for dag_id, dag in dags.items():
        pieces = re.split(r"^### (.+)$", dag["doc_md"] or "", flags=re.MULTILINE)
        assert pieces[1::2] == HEADINGS, dag_id
        assert all(len(text.split()) >= 5 for text in pieces[2::2]), dag_id


def test_a_dag_runs_once_at_a_time_and_never_for_a_day_long_past(dags: dict[str, Any]) -> None:
    several = _broken(dags, lambda dag: dag["catchup"] is False and dag["max_active_runs"] == 1)
    assert set(several) == SIDE_BY_SIDE | BY_HAND
    by_clock = {dag_id: dag for dag_id, dag in dags.items() if dag_id not in ON_ASSETS}
    assert _broken(by_clock, lambda dag: dag["run_types"] == ["manual", "scheduled"]) == [], (
        "a backfill must be refused"
    )
    for dag_id in ON_ASSETS:
        assert dags[dag_id]["run_types"] == ["asset_triggered", "manual", "scheduled"]
    assert _broken(dags, lambda dag: dag["dagrun_timeout"] is not None) == []


def test_a_night_begins_at_its_time_in_norway_and_not_in_the_doubled_hour(dags: dict[str, Any]) -> None:
    by_hand = {dag_id for dag_id, schedule in HOUSE_DAGS.items() if schedule is None}
    scheduled = {dag_id: dag for dag_id, dag in dags.items() if dag_id not in by_hand}
    assert _broken(scheduled, lambda dag: dag["timetable"] == "CronTriggerTimetable") == []
    assert _broken(scheduled, lambda dag: dag["timezone"] == TIMEZONE == "Europe/Oslo") == []
    assert _broken(scheduled, lambda dag: dag["schedule"].split()[1] != "2") == []
    schedules = {dag_id: dag["schedule"] for dag_id, dag in dags.items()}
    assert schedules == {dag_id: HOUSE_DAGS.get(dag_id, "15 1 * * *") for dag_id in dags}


def test_a_dag_is_found_by_its_tags(nights: dict[str, Any]) -> None:
    assert [dag_id for dag_id, dag in nights.items() if not {"ecoc", dag_id.split("__")[1]} <= set(dag["tags"])] == []


def test_every_task_has_owner_retries_policy_and_a_time_limit(tasks: dict[str, Any]) -> None:
    assert len(tasks) >= 18
    assert _broken(tasks, lambda task: task["owner"] == OWNER == "samsvar") == []
    assert _broken(tasks, lambda task: task["retries"] > 0 and task["policy"] == "WhatHappensNext") == []
    waiting = sorted(["ecoc_deletion.party.approve", *(f"{dag_id}.confirm" for dag_id in BY_HAND)])
    assert sorted(_broken(tasks, lambda task: task["timeout"])) == waiting, "which wait for a person"


def test_every_pool_is_one_that_the_house_makes(tasks: dict[str, Any]) -> None:
    assert {task["pool"] for task in tasks.values()} <= {*POOLS, "default_pool"}
    assert set(LOT_POOLS.values()) <= set(POOLS)
    for name, task in tasks.items():
        if ".lot." in name:
            assert task["pool"] == LOT_POOLS[name.rpartition(".")[2]], name


def test_the_first_lots_are_sent_while_others_are_still_checked(nights: dict[str, Any]) -> None:
    for dag in nights.values():
        at_once = {name: task["at_once"] for name, task in dag["tasks"].items() if name.startswith("lot.")}
        assert at_once == {"lot.validate": 2, "lot.submit": LOTS_AT_ONCE, "lot.file_away": LOTS_AT_ONCE}


def test_the_embedded_house_makes_the_same_pools() -> None:
    assert set(embedded_house.POOLS) == set(POOLS)


def test_a_lots_tasks_are_labelled_with_importer_and_lot(nights: dict[str, Any]) -> None:
    for dag_id, dag in nights.items():
        labels = {name: task["label"] for name, task in dag["tasks"].items() if name.startswith("lot.")}
        assert sorted(labels) == ["lot.file_away", "lot.submit", "lot.validate"]
        assert all(label and label.startswith(f"{dag_id.split('__')[1]} · lot {{{{") for label in labels.values())


def test_resolution_asks_for_each_importer_that_has_something_unknown(dags: dict[str, Any]) -> None:
    dag = dags["ecoc_resolution"]
    assert dag["edges"] == [["find", "resolve"]]
    assert dag["tasks"]["resolve"]["label"] == "{{ task.party_id }}"


def test_nothing_is_deleted_before_somebody_approved_it(dags: dict[str, Any]) -> None:
    edges = dags["ecoc_deletion"]["edges"]
    assert [before for before, after in edges if after == "party.delete"] == ["find", "party.approve"]
    assert dags["ecoc_deletion"]["tasks"]["party.approve"]["label"] == "{{ task.asked['party'] }}"


def test_the_steps_follow_each_other_as_the_journey_says(nights: dict[str, Any]) -> None:
    for dag in nights.values():
        assert dag["edges"] == [
            ["collect", "plan"],
            ["lot.file_away", "reconcile"],
            ["lot.submit", "lot.file_away"],
            ["lot.validate", "lot.submit"],
            ["plan", "lot.file_away"],
            ["plan", "lot.submit"],
            ["plan", "lot.validate"],
        ]


def test_the_reconciliation_looks_first_and_then_checks_each_invariant(dags: dict[str, Any]) -> None:
    dag = dags["reconciliation"]
    after = [*(f"checks.{kind}" for kind in sorted(INVARIANTS)), "export", "reports"]
    assert dag["edges"] == [*(["reconcile", task] for task in after), ["reports", "report"]]
    assert dag["tasks"]["report"]["label"] == "{{ task.party_id }}"


def test_the_reconciliation_runs_once_at_a_time_after_every_run_of_an_importer(dags: dict[str, Any]) -> None:
    told = {
        dag_id: {task_id for task_id, task in dag["tasks"].items() if "samsvar_reconciled" in task["outlets"]}
        for dag_id, dag in dags.items()
    }
    assert {dag_id.split("__")[0] for dag_id in told} == {*ENDS, *TELL_NOBODY}
    assert {dag_id: ends for dag_id, ends in told.items() if ends != ENDS.get(dag_id.split("__")[0], set())} == {}
    for dag_id, ends in told.items():
        assert {before for before, _ in dags[dag_id]["edges"]} & ends == set(), "it is the last word of its run"
    # One waiting run for any number of events: Airflow's queue has one row per asset and DAG, and defers at this limit.
    assert dags["reconciliation"]["assets"] == ["samsvar_reconciled"]
    assert dags["reconciliation"]["max_active_runs"] == 1
