"""What the tests of the house itself share: its files, and how a real Airflow sees its DAG files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARSE_DAGS = Path(__file__).parent / "asked" / "parse_dags.py"
_NOT_OURS = {".git", ".samsvar", ".venv", "__pycache__"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def our_files() -> list[Path]:
    """Every file that is or would be tracked, relative to the root; without git, every file outside hidden caches."""
    asked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True
    )
    if asked.returncode == 0 and asked.stdout:
        found = {Path(os.fsdecode(name)) for name in asked.stdout.split(b"\0") if name}
    else:
        found = {path.relative_to(ROOT) for path in ROOT.rglob("*") if not _NOT_OURS & set(path.parts)}
    return sorted(path for path in found if (ROOT / path).is_file())


@pytest.fixture(scope="session")
def sources(our_files: list[Path]) -> dict[str, str]:
    """Every Python file by its path, as text."""
    return {path.as_posix(): (ROOT / path).read_text("utf-8") for path in our_files if path.suffix == ".py"}


Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def ask_airflow(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Runs a script (text or file) in a process and an Airflow home of its own; returns the JSON it prints last."""

    def ask(script: str | Path, *, more: Mapping[str, str] | None = None, plugins: Path = ROOT / "plugins") -> Any:
        home = tmp_path_factory.mktemp("airflow")
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "_AIRFLOW"))
        }
        environment |= {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}",
            "PYTHONHASHSEED": "random",
            **(more or {}),
        }
        source = script.read_text("utf-8") if isinstance(script, Path) else script
        done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return ask


@pytest.fixture(scope="session")
def parsed(ask_airflow: Ask) -> dict[str, Any]:
    return dict(ask_airflow(PARSE_DAGS))


@pytest.fixture(scope="session")
def dags(parsed: dict[str, Any]) -> dict[str, Any]:
    return dict(parsed["dags"])


@pytest.fixture(scope="session")
def nights(dags: dict[str, Any]) -> dict[str, Any]:
    """The parties' DAGs."""
    return {dag_id: dag for dag_id, dag in dags.items() if dag_id.startswith("ecoc_submission__")}


@pytest.fixture(scope="session")
def tasks(dags: dict[str, Any]) -> dict[str, Any]:
    return {f"{dag_id}.{task_id}": task for dag_id, dag in dags.items() for task_id, task in dag["tasks"].items()}
