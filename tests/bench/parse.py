"""What parsing `dags/` costs beyond importing the SDK, and what it must not import. Every task process pays this."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.bench.servers import ROOT

HEAVY = ("pandas", "numpy", "lxml", "cryptography", "aiohttp", "asyncssh", "paramiko", "psycopg", "airflow.providers")
# An approval is an operator of the standard provider, so the DAG files that ask a person import it; it opens nothing.
LIGHT = tuple(f"airflow.providers.standard.{part}" for part in ("operators", "triggers", "exceptions"))

# The names a DAG file with operators of its own takes from the SDK; the SDK loads each when it is first asked for.
_PROBE = """
import json, sys, time
from pathlib import Path
from airflow.sdk import (Asset, BaseHook, BaseOperator, BaseSensorOperator, CronTriggerTimetable, DAG, Param,
                         TriggerRule, get_parsing_context, task, task_group)
from airflow.sdk.definitions.deadline import DeadlineAlert
before, heavy, light = set(sys.modules), json.loads(sys.argv[2]), tuple(json.loads(sys.argv[3]))
cpu = time.process_time()
dags = []
for path in sorted(Path(sys.argv[1]).glob("*.py")):
    names = {"__name__": f"parsed_{path.stem}", "__file__": str(path)}
    exec(compile(path.read_bytes(), str(path), "exec"), names)
    dags += [value.dag_id for value in names.values() if isinstance(value, DAG)]
cpu = time.process_time() - cpu
new = [name for name in set(sys.modules) - before for one in heavy
       if (name == one or name.startswith(one + ".")) and not name.startswith(light)]
print(json.dumps({"cpu": cpu, "dags": len(set(dags)), "heavy": sorted(new)[:20]}))
"""


@dataclass(frozen=True, slots=True)
class Parsed:
    """CPU seconds, how many DAGs came out, and which heavy modules were imported for it."""

    cpu: float
    dags: int
    heavy: tuple[str, ...]


def parse(home: Path, parties: int, *, dag_id: str | None = None) -> Parsed:
    """Parses `dags/` in a fresh process with so many parties; `dag_id` makes it a task's process. Best of three."""
    home = home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    (home / "parties.yaml").write_text(yaml.safe_dump({"parties": [_block(number) for number in range(parties)]}))
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(ROOT),
        "SAMSVAR_PARTIES_FILE": str(home / "parties.yaml"),
        **({"_AIRFLOW_PARSING_CONTEXT_DAG_ID": dag_id, "_AIRFLOW_PARSING_CONTEXT_TASK_ID": "plan"} if dag_id else {}),
    }
    found = [_once(environment) for _ in range(3)]
    return min(found, key=lambda parsed: parsed.cpu)


def _once(environment: dict[str, str]) -> Parsed:
    command = [sys.executable, "-c", _PROBE, str(ROOT / "dags"), json.dumps(HEAVY), json.dumps(LIGHT)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"dags/ cannot be parsed: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Parsed(told["cpu"], told["dags"], tuple(told["heavy"]))


def _block(number: int) -> dict[str, object]:
    return {
        "id": f"party_{number:03d}",
        "name": f"Party {number} AS",
        "organisation_number": _organisation_number(number),
        "avgift": {"default": "101", "by_category": {"N1": "314"}},
    }


def _organisation_number(number: int) -> str:
    """The `number`-th synthetic organisation number with a right check digit (modulus 11)."""
    found = -1
    for stem in range(31_100_000, 31_200_000):
        total = sum(int(digit) * weight for digit, weight in zip(str(stem), (3, 2, 7, 6, 5, 4, 3, 2), strict=True))
        check = (11 - total % 11) % 11
        found += check < 10
        if found == number:
            return f"{stem}{check}"
    raise ValueError(f"no organisation number for party {number}")
