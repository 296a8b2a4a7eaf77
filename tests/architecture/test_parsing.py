"""DAG files as the processes read them: quickly, always the same, and whatever stands in parties.yaml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from include.embedded import house as embedded_house

Ask = Callable[..., Any]

ASKED = Path(__file__).parent / "asked"
PARSE, IMPORT = ASKED / "parse_dags.py", ASKED / "import_dag_file.py"
NIGHT = "ecoc_submission__"

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


def test_every_dag_file_can_be_read(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}


def test_without_any_clock_every_dag_is_still_there(dags: dict[str, Any], ask_airflow: Ask) -> None:
    seen = ask_airflow(PARSE, more=dict.fromkeys(embedded_house.SCHEDULES, ""))
    assert seen["errors"] == {} and set(seen["dags"]) == set(dags)
    assert seen["dags"]["reconciliation"]["schedule"] is None


def test_what_is_parsed_twice_is_the_same_and_survives_being_stored(dags: dict[str, Any], ask_airflow: Ask) -> None:
    assert [dag_id for dag_id, dag in dags.items() if not dag["same_twice"]] == [], "every parse: a new DAG version"
    assert [dag_id for dag_id, dag in dags.items() if not dag["round_trip"]] == []
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
    nights = {dag_id: list(dag["tasks"]) for dag_id, dag in seen["dags"].items() if dag_id.startswith(NIGHT)}
    assert {dag_id: tasks for dag_id, tasks in nights.items() if len(tasks) == 1} == {
        f"{NIGHT}{party['id']}": ["party_block"] for party in content["parties"][:2]
    }
    assert [len(tasks) for tasks in nights.values() if len(tasks) > 1] == [6]
