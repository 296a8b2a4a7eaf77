"""Prints what a task's process imports: the DAG file itself is run, nothing of the scheduler's is there."""

import importlib.util
import json
import sys

import airflow.sdk

before = set(sys.modules)
spec = importlib.util.spec_from_file_location("unusual_prefix_ecoc_submission", "dags/ecoc_submission.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
dags = sorted(value.dag_id for value in vars(module).values() if isinstance(value, airflow.sdk.DAG) and value.dag_id)
print(json.dumps({"dags": sorted(set(dags)), "imported": sorted(set(sys.modules) - before)}))
