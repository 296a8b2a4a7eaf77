"""A house without a clock runs nothing by itself: every clock setting of plugins/ is one it knows to switch off."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from include.embedded.house import SCHEDULES

_ROOT = Path(__file__).parents[2]
_SETTING = re.compile(r'"(SAMSVAR_[A-Z_]+_SCHEDULE)"')


def _settings() -> set[str]:
    sources = (_ROOT / "plugins").rglob("*.py")
    return {name for source in sources for name in _SETTING.findall(source.read_text(encoding="utf-8"))}


def test_every_clock_can_be_switched_off() -> None:
    assert _settings() == set(SCHEDULES)


def test_every_clock_is_a_setting_of_the_compose_file() -> None:
    compose = (_ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
    assert {name for name in SCHEDULES if f"{name}: " not in compose} == set()


_POLLS = """
import json
from airflow.dag_processing.dagbag import DagBag
dags = [dag for name in ("routing", "validation_status", "reread")
        for dag in DagBag(dag_folder=f"dags/customs_{name}.py").dags.values()]
print(json.dumps([getattr(dag.timetable, "expression", None) for dag in dags]))
"""
_PARTY = """
parties:
  - {id: landing, name: Nordfly AS, organisation_number: "310000019", roles: [ROLE]}
"""


def test_customs_is_polled_for_those_who_take_part_only(ask_airflow: Callable[..., Any], tmp_path: Path) -> None:
    for role, clocks in (("customs", ["* * * * *", "* * * * *", "40 3 * * *"]), ("ecoc", [None, None, None])):
        file = tmp_path / f"{role}.yaml"
        file.write_text(_PARTY.replace("ROLE", role), encoding="utf-8")
        assert ask_airflow(_POLLS, more={"SAMSVAR_PARTIES_FILE": str(file)}) == clocks
