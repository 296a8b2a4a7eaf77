"""What the preload names exists, and only processes that fork tasks pay for it."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from samsvar.preload import _MODULES


@pytest.mark.parametrize("module", _MODULES)
def test_every_module_is_there(module: str) -> None:
    assert find_spec(module) is not None


@pytest.mark.parametrize(("command", "loaded"), [("scheduler", True), ("api-server", False)])
def test_only_what_forks_tasks_loads_them(command: str, loaded: bool) -> None:
    script = (
        f"import sys; sys.argv = ['airflow', '{command}']; from samsvar.preload import preload; preload(); "
        "import threading; print('include.journey.submit' in sys.modules, threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(loaded), "1"]
