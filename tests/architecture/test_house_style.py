"""How a file of the house looks: its size, its name, and what is never written into it.

What is longer than the house allows says why, beside it: `# longer because …`, on the line above a function (or its
decorators) or on its `def` line, for a file within its first 20 lines (`-- longer because …` in SQL).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FILE, FUNCTION, EXECUTE = 250, 40, 15
_REASON = re.compile(r"(#|--) longer because \w+\W+\w+\W+\w+")
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_DRAWERS = {"util", "utils", "helper", "helpers", "common", "base", "misc"}

# Put together here, so that this file does not hold what it looks for.
_PLACES = re.compile("|".join([r"(?<![\w.])/(" + "|".join(["work", "root", "farm"]) + r")(?![\w-])"]))
_INDEX = re.compile(
    r"(?i)--(extra-)?" + r"index-url|--trusted" + r"-host|--find" + r"-links|"
    r"https?://[^\s\"')]*(" + "|".join(["py" + "pi", "python" + "hosted", "arti" + "factory", "nex" + "us"]) + ")"
)
_ELSEWHERE = re.compile(r"\bDES" + r"IGN\b|\bfacts of " + r"the interface\b|consequences " + r"for our client")
_LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")

_OLD_AIRFLOW = (
    "airflow.DAG",
    "airflow.Dataset",
    "airflow.datasets",
    "airflow.decorators",
    "airflow.exceptions",
    "airflow.hooks",
    "airflow.models",
    "airflow.notifications",
    "airflow.operators",
    "airflow.sensors",
    "airflow.settings",
    "airflow.utils",
)


def too_long(path: str, source: str) -> list[str]:
    """Files, functions and `execute` methods that are longer than the house allows and give no reason."""
    lines = source.splitlines()
    found = []
    if len(lines) > FILE and not any(_REASON.search(line) for line in lines[:20] if not line.startswith(" ")):
        found.append(f"{path}: {len(lines)} lines, more than {FILE}")
    if path.endswith(".py"):
        found += [f"{path}:{node.lineno} {node.name}: {why}" for node, why in _long_functions(path, source, lines)]
    return found


def _long_functions(path: str, source: str, lines: list[str]) -> Iterator[tuple[_FUNCTION, str]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, _FUNCTION):
            continue
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        most = EXECUTE if "/operators/" in path and node.name in ("execute", "poke") else FUNCTION
        beside = lines[max(first - 2, 0) : node.body[0].lineno - 1]
        if length > most and not any(_REASON.search(line) for line in beside):
            yield node, f"{length} lines, more than {most}"


def is_drawer(path: str) -> bool:
    """True for a name that says nothing of what is inside."""
    return bool(_DRAWERS & {part.split(".")[0].strip("_").lower() for part in path.split("/")})


def asserts(path: str, source: str) -> list[str]:
    """`assert` statements: python -O takes them out, and they say nothing to an operator."""
    return [f"{path}:{node.lineno}" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]


def old_airflow(path: str, source: str) -> list[str]:
    """Imports that Airflow 3 keeps for old DAGs only; authors use airflow.sdk."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        found += [
            f"{path}:{node.lineno} {name}"  # type: ignore[attr-defined]
            for name in names
            if any(name == old or name.startswith(f"{old}.") for old in _OLD_AIRFLOW)
        ]
    return found


def never_written(path: str, text: str) -> list[str]:
    """Words for later, pages that are not ours, places of the machine a file was written on, and packages' hosts."""
    return [
        f"{path}:{number}: {found.group(0)}"
        for number, line in enumerate(text.splitlines(), start=1)
        for pattern in (_LATER, _ELSEWHERE, _PLACES, _INDEX)
        if (found := pattern.search(line))
    ]


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def test_no_file_or_function_is_longer_than_it_says_why(root: Path, our_files: list[Path]) -> None:
    long = [path for path in our_files if path.suffix in (".py", ".sql")]
    assert len(long) > 100
    assert [one for path in long for one in too_long(path.as_posix(), (root / path).read_text("utf-8"))] == []


def test_no_file_is_a_drawer(our_files: list[Path]) -> None:
    assert [path for path in our_files if is_drawer(path.as_posix())] == []


def test_assert_is_for_tests(sources: dict[str, str]) -> None:
    ours = {path: source for path, source in sources.items() if not path.startswith("tests/")}
    assert [one for path, source in ours.items() for one in asserts(path, source)] == []


def test_airflow_is_met_through_its_sdk(sources: dict[str, str]) -> None:
    ours = {path: source for path, source in sources.items() if not path.startswith("tests/")}
    assert [one for path, source in ours.items() for one in old_airflow(path, source)] == []


def test_nothing_is_left_for_later_and_no_place_of_a_machine_is_written_down(root: Path, our_files: list[Path]) -> None:
    texts = {path.as_posix(): text for path in our_files if (text := _text(root / path)) is not None}
    assert [one for path, text in texts.items() for one in never_written(path, text)] == []


def test_every_module_says_why_it_is_there(sources: dict[str, str]) -> None:
    silent = [
        path
        for path, source in sources.items()
        if path.startswith(("include/", "plugins/", "dags/"))
        and source.strip()
        and not ast.get_docstring(ast.parse(source))
    ]
    assert silent == []


_LONG_BODY = "".join(f"    x{number} = {number}\n" for number in range(45))
_EXECUTE = "class A:\n    @plainly\n    def execute(self, context):\n" + "        x = 1\n" * 15


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("include/a.py", "x = 1\n" * 251),
        ("include/a.sql", "SELECT 1;\n" * 251),
        ("tests/include/test_a.py", "x = 1\n" * 251),
        ("tests/drivers/a.py", "def f():\n" + _LONG_BODY),
        ("include/a.py", "def f():\n" + _LONG_BODY),
        ("include/a.py", "# longer because of\ndef f():\n" + _LONG_BODY),
        ("include/a.py", "# longer because it is a table\n\n\ndef f():\n" + _LONG_BODY),
        ("plugins/samsvar/operators/a.py", _EXECUTE),
    ],
)
def test_a_planted_long_thing_is_seen(path: str, source: str) -> None:
    assert too_long(path, source) != []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("include/a.py", '"""Why."""\n# longer because it is one table of facts\n' + "x = 1\n" * 251),
        ("include/a.sql", "-- longer because a migration is one whole\n" + "SELECT 1;\n" * 251),
        ("include/a.py", "# longer because every field is named once\ndef f():\n" + _LONG_BODY),
        ("include/a.py", "def f(  # longer because every field is named once\n):\n" + _LONG_BODY),
        ("plugins/samsvar/operators/a.py", _EXECUTE.replace("    @", "    # longer because of its many names\n    @")),
        ("plugins/samsvar/hooks/a.py", _EXECUTE),
    ],
)
def test_a_reason_beside_it_is_enough(path: str, source: str) -> None:
    assert too_long(path, source) == []


@pytest.mark.parametrize(
    "path", ["include/utils.py", "include/Common/a.py", "plugins/samsvar/_helpers.py", "docs/misc.md"]
)
def test_a_planted_drawer_is_seen(path: str) -> None:
    assert is_drawer(path)


@pytest.mark.parametrize(
    "line",
    [
        "from airflow.models import Variable",
        "from airflow import DAG",
        "import airflow.utils.dates",
        "from airflow.operators.python import PythonOperator",
        "from airflow.exceptions import AirflowSkipException",
    ],
)
def test_a_planted_old_import_is_seen(line: str) -> None:
    assert old_airflow("dags/a.py", line) != []


def test_the_sdk_is_no_old_import() -> None:
    assert old_airflow("dags/a.py", "from airflow.sdk.exceptions import AirflowSkipException\nimport airflow.sdk") == []


@pytest.mark.parametrize(
    "line",
    [
        "# TO" + "DO: later",
        "the steps of the journey (DES" + "IGN §2)",
        "path = '/wo" + "rk/main/x'",
        "cd /ro" + "ot/x",
        "see /fa" + "rm/7",
        "pip install --index" + "-url https://example.org/simple",
        "https://files.python" + "hosted.org/packages",
    ],
)
def test_a_planted_word_is_seen(line: str) -> None:
    assert never_written("include/a.py", line) != []


@pytest.mark.parametrize("line", ["/tmp/store", "it runs as root", "home/work/x", "/opt/workers", "include/network/x"])
def test_ordinary_words_pass(line: str) -> None:
    assert never_written("include/a.py", line) == []
