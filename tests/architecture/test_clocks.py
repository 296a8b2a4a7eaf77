"""A house without a clock runs nothing by itself: every clock setting of plugins/ is one it knows to switch off."""

from __future__ import annotations

import re
from pathlib import Path

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
