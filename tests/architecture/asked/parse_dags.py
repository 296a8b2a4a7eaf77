"""Prints every DAG as Airflow's own processor reads it: what it holds, and whether it survives being stored."""

import hashlib
import json

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
        "assets": sorted(one.name for one in getattr(dag.timetable.asset_condition, "objects", ())),
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
                "outlets": [outlet.name for outlet in task.outlets],
                "at_once": task.max_active_tis_per_dagrun,
            }
            for task in dag.tasks
        },
        "same_twice": json.dumps(first[dag_id], sort_keys=True) == json.dumps(second[dag_id], sort_keys=True),
        "round_trip": shape(back) == shape(dag),
        "digest": hashlib.sha256(json.dumps(first[dag_id], sort_keys=True).encode()).hexdigest(),
    }
print(json.dumps({"errors": bag.import_errors, "dags": dags}))
