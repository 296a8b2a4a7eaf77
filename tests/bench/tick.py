"""A tick of a poll that finds nothing new: what the task does, beyond what Airflow does to start any task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Any

import yaml

from include.embedded.postgres import EmbeddedPostgres
from include.sandbox import SandboxThread
from samsvar.hooks.masked_forms import ADAPTER

ORGANISATION = "310000019"
LIMIT = 1.0

_ROOT = Path(__file__).resolve().parents[2]


def tick(home: Path, postgres: EmbeddedPostgres, database: str) -> float:
    """CPU seconds of one tick of `customs_routing` in a process of its own that has what a task's process is forked
    with, the best of three.

    The warehouse's own party of `ORGANISATION` is polled. The first tick is not counted: it makes the feed.
    """
    home = home.absolute()
    parties = home / "parties.yaml"
    party = {"id": f"party_{int(ORGANISATION) - 310000000}", "name": "Bench", "organisation_number": ORGANISATION}
    parties.write_text(yaml.safe_dump({"parties": [{**party, "schedule": None, "roles": ["customs"]}]}), "utf-8")
    with SandboxThread(home / "sandbox", seed=5) as sandbox:
        connections = {**sandbox.connections, "warehouse": postgres.connection(database)}
        given = {f"AIRFLOW_CONN_{name.upper()}": json.dumps(told) for name, told in connections.items()}
        given["AIRFLOW__LOGGING__SECRET_MASK_ADAPTER"] = ADAPTER
        told = {"SAMSVAR_PARTIES_FILE": str(parties), "AIRFLOW_HOME": str(home / "airflow")}
        told["PYTHONPATH"] = os.pathsep.join(map(str, (_ROOT, _ROOT / "plugins")))
        costs = [_process({**os.environ, **given, **told}, party["id"]) for _ in range(4)]
    return min(costs[1:])


def _process(environment: dict[str, str], party: str) -> float:
    command = [sys.executable, "-m", "tests.bench.tick", party]
    ended = subprocess.run(command, env=environment, cwd=_ROOT, capture_output=True, text=True, check=True)
    return float(ended.stdout.splitlines()[-1])


class _Outlets(dict[Any, Any]):
    """A tick with nothing new gives no event."""

    def __missing__(self, key: Any) -> Any:
        raise AssertionError(f"the tick had an event for {key}")


def _one_tick(party: str) -> float:
    from airflow.sdk import DAG
    from airflow.sdk.exceptions import AirflowSkipException

    from samsvar.operators.poll_routing import PollRoutingOperator
    from samsvar.preload import preload

    sys.argv = ["airflow", "scheduler"]
    preload()  # as in the process that every task is forked from
    before = process_time()
    with DAG("bench", schedule=None):
        operator = PollRoutingOperator(task_id="poll", party_id=party)
    context: Any = {"outlet_events": _Outlets()}
    try:
        operator.execute(context)
    except AirflowSkipException as skipped:
        if "nothing new" in str(skipped):
            return process_time() - before
    raise AssertionError("the tick found something new")


if __name__ == "__main__":
    print(_one_tick(sys.argv[1]))
