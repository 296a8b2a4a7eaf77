"""Airflow runs every file it finds below plugins/ under its bare name: `http.py` there would replace Python's `http`.

The one line of `plugins/.airflowignore` keeps our package out of that; it is imported as `samsvar` and nothing else.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

Ask = Callable[..., Any]

LOAD = """
import http, json, sys
from pathlib import Path
from airflow.plugins_manager import ensure_plugins_loaded, get_import_errors
ensure_plugins_loaded()
from include.errors import SamsvarError
import samsvar.house
ours = list(Path("plugins/samsvar").resolve().rglob("*.py"))
bare = {path.stem for path in ours if getattr(sys.modules.get(path.stem), "__file__", "") == str(path)}
print(json.dumps({
    "errors": get_import_errors(),
    "http": http.__file__,
    "http_now": sys.modules["http"].__file__,
    "bare": sorted(bare),
    "one_class": sys.modules["include.errors"].SamsvarError is SamsvarError,
}))
"""


def test_the_ignore_file_is_this_one_line(root: Path) -> None:
    assert (root / "plugins/.airflowignore").read_text("utf-8") == "samsvar/\n"


def test_loading_plugins_runs_no_file_of_the_package(root: Path, ask_airflow: Ask) -> None:
    seen = ask_airflow(LOAD)
    assert seen["errors"] == {}
    assert seen["bare"] == []
    assert seen["http_now"] == seen["http"] and "plugins" not in seen["http"]


def test_without_the_line_a_file_would_replace_pythons_own(root: Path, tmp_path: Path, ask_airflow: Ask) -> None:
    """The danger is real: a copy of the folder without its ignore file, with one file more, takes `http` over."""
    copy = tmp_path / "plugins"
    (copy / "samsvar" / "hooks").mkdir(parents=True)
    (copy / "samsvar" / "hooks" / "http.py").write_text('"""Not the standard library."""\n', encoding="utf-8")
    script = LOAD.replace('"plugins/samsvar"', json.dumps(str(copy / "samsvar")))
    assert ask_airflow(script, plugins=copy)["bare"] == ["http"]
    shutil.copy(root / "plugins/.airflowignore", copy / ".airflowignore")
    assert ask_airflow(script, plugins=copy)["bare"] == []
