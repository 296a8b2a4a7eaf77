"""What every DAG of the house has, read from the DAG files as Airflow's own processor reads them."""

# longer because the two scripts that other processes run stand beside what is asked of them

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

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
#: Those of them that only a person starts, and that wait for one: several may.
BY_HAND = {"ecoc_decision", "customs_rewind"}

#: Those whose form is used while a scheduled run is at work.
SIDE_BY_SIDE = {"customs_presentation", "ecoc_deletion"}

HEADINGS = ["What it does", "When it runs", "Reads", "Writes", "If it fails"]
#: Too slow to import in every process that parses a DAG file, which every task's process does.
HEAVY = [
    "pandas",
    "numpy",
    "lxml",
    "cryptography",
    "aiohttp",
    "asyncssh",
    "paramiko",
    "psycopg",
    "sqlalchemy.orm",
    "orjson",
]
PROVIDERS = [f"airflow.providers.{name}" for name in ("http", "sftp", "ssh", "postgres", "smtp", "common.sql")]
FAR = ["samsvar.hooks", "include.journey", "include.ledger", "include.ivi", "include.drop", "include.maskinporten"]

PARSE = """
import hashlib, json, sys
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization


def parsed():
    bag = DagBag(dag_folder="dags")
    return bag, {dag_id: DagSerialization.to_dict(dag) for dag_id, dag in bag.dags.items()}


def clock(dag):
    return getattr(dag.timetable, "timetable", dag.timetable)  # of AssetOrTimeSchedule the time


def policy(task):
    return type(task.retry_policy).__name__ if task.retry_policy is not None else None


def shape(dag):
    tasks = {
        task.task_id: (sorted(task.downstream_task_ids), task.pool, getattr(task, "map_index_template", None))
        for task in dag.tasks
    }
    params = sorted(dag.params)
    return tasks, params, dag.doc_md, sorted(dag.tags), type(dag.timetable).__name__


bag, first = parsed()
_, second = parsed()
dags = {}
for dag_id, dag in bag.dags.items():
    back = DagSerialization.from_dict(first[dag_id])
    dags[dag_id] = {
        "doc_md": dag.doc_md,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timetable": type(clock(dag)).__name__,
        "schedule": getattr(clock(dag), "expression", None),
        "timezone": getattr(clock(dag), "timezone", None),
        "run_types": sorted(getattr(one, "value", one) for one in dag.allowed_run_types or []),
        "dagrun_timeout": dag.dagrun_timeout.total_seconds() if dag.dagrun_timeout else None,
        "edges": sorted([task.task_id, after] for task in dag.tasks for after in task.downstream_task_ids),
        "tasks": {
            task.task_id: {
                "owner": task.owner,
                "retries": task.retries,
                "policy": policy(task),
                "pool": task.pool,
                "label": getattr(task, "map_index_template", None),
                "timeout": bool(task.execution_timeout),
                "at_once": task.max_active_tis_per_dagrun,
            }
            for task in dag.tasks
        },
        "same_twice": json.dumps(first[dag_id], sort_keys=True) == json.dumps(second[dag_id], sort_keys=True),
        "round_trip": shape(back) == shape(dag),
        "digest": hashlib.sha256(json.dumps(first[dag_id], sort_keys=True).encode()).hexdigest(),
    }
print(json.dumps({"errors": bag.import_errors, "dags": dags}))
"""

# As a task's process does: the file itself is run, nothing of the scheduler's is there.
IMPORT = """
import importlib.util, json, sys
import airflow.sdk
before = set(sys.modules)
spec = importlib.util.spec_from_file_location("unusual_prefix_ecoc_submission", "dags/ecoc_submission.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
dags = sorted(value.dag_id for value in vars(module).values() if isinstance(value, airflow.sdk.DAG) and value.dag_id)
print(json.dumps({"dags": sorted(set(dags)), "imported": sorted(set(sys.modules) - before)}))
"""


@pytest.fixture(scope="module")
def parsed(ask_airflow: Ask) -> dict[str, Any]:
    return dict(ask_airflow(PARSE))


@pytest.fixture(scope="module")
def dags(parsed: dict[str, Any]) -> dict[str, Any]:
    return dict(parsed["dags"])


@pytest.fixture(scope="module")
def nights(dags: dict[str, Any]) -> dict[str, Any]:
    """The parties' DAGs."""
    return {dag_id: dag for dag_id, dag in dags.items() if dag_id.startswith("ecoc_submission__")}


@pytest.fixture(scope="module")
def tasks(dags: dict[str, Any]) -> dict[str, Any]:
    return {f"{dag_id}.{task_id}": task for dag_id, dag in dags.items() for task_id, task in dag["tasks"].items()}


def _broken(found: dict[str, Any], rule: Callable[[Any], bool]) -> list[str]:
    return [name for name, one in found.items() if not rule(one)]


def test_every_dag_file_can_be_read(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}


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


def test_without_any_clock_every_dag_is_still_there(dags: dict[str, Any], ask_airflow: Ask) -> None:
    seen = ask_airflow(PARSE, more=dict.fromkeys(embedded_house.SCHEDULES, ""))
    assert seen["errors"] == {} and set(seen["dags"]) == set(dags)
    assert seen["dags"]["reconciliation"]["schedule"] is None


def test_what_is_parsed_twice_is_the_same_and_survives_being_stored(dags: dict[str, Any], ask_airflow: Ask) -> None:
    assert _broken(dags, lambda dag: dag["same_twice"]) == [], "every parse would make a new DAG version"
    assert _broken(dags, lambda dag: dag["round_trip"]) == []
    again = ask_airflow(PARSE)["dags"]  # another process, with another hash seed
    assert {dag_id: dag["digest"] for dag_id, dag in again.items()} == {
        dag_id: dag["digest"] for dag_id, dag in dags.items()
    }


def test_a_tasks_process_builds_its_own_dag_only(ask_airflow: Ask) -> None:
    wanted = "ecoc_submission__fjordimport"
    assert ask_airflow(IMPORT, more={"_AIRFLOW_PARSING_CONTEXT_DAG_ID": wanted})["dags"] == [wanted]
    assert ask_airflow(IMPORT, more={"_AIRFLOW_PARSING_CONTEXT_DAG_ID": "vehicle_lookup"})["dags"] == []


def test_parsing_imports_nothing_heavy(ask_airflow: Ask) -> None:
    seen = ask_airflow(IMPORT)
    assert len(seen["dags"]) >= 3
    found = [
        name
        for name in seen["imported"]
        if any(name == heavy or name.startswith(f"{heavy}.") for heavy in [*HEAVY, *PROVIDERS, *FAR])
    ]
    assert found == []


def test_broken_blocks_keep_their_dags_and_leave_the_others_alone(root: Path, tmp_path: Path, ask_airflow: Ask) -> None:
    content = yaml.safe_load((root / "include/config/parties.yaml").read_text("utf-8"))
    content["parties"][0] |= {"schedule": "15 25 * * *"}
    content["parties"][1] |= {"organisation_number": "310000010"}
    file = tmp_path / "parties.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    seen = ask_airflow(PARSE, more={"SAMSVAR_PARTIES_FILE": str(file)})
    assert seen["errors"] == {}
    short = {dag_id: list(dag["tasks"]) for dag_id, dag in seen["dags"].items() if len(dag["tasks"]) == 1}
    assert {dag_id: tasks for dag_id, tasks in short.items() if dag_id not in HOUSE_DAGS} == {
        f"ecoc_submission__{party['id']}": ["party_block"] for party in content["parties"][:2]
    }
    whole = {dag_id: len(dag["tasks"]) for dag_id, dag in seen["dags"].items() if len(dag["tasks"]) > 1}
    assert [tasks for dag_id, tasks in whole.items() if dag_id not in HOUSE_DAGS] == [6]
