"""Every test can fail: it asserts something, waits for a certain error, or lets something do so that is named here."""

from __future__ import annotations

import ast

import pytest

_Function = ast.FunctionDef | ast.AsyncFunctionDef
#: Calls that check by themselves; `check` is the demo's own comparison with the truth log.
_CHECKS = {"check", "raises", "warns", "fail", "validate", "check_schema", "run_state_machine_as_test"}
_ANY_ERROR = {"Exception", "BaseException"}


def cannot_fail(path: str, source: str) -> list[str]:
    """Tests without a check, checks of nothing, and `pytest.raises` that any error satisfies."""
    tree = ast.parse(source)
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, _Function)}
    tests = [node for name, node in functions.items() if name.startswith("test_")]
    found: list[tuple[ast.stmt | ast.expr, str]]
    found = [(node, f"{node.name} checks nothing") for node in tests if not _checks(node, functions, set())]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant | ast.Tuple):
            found.append((node, "asserts a constant"))
        elif isinstance(node, ast.Call) and _any_error(node):
            found.append((node, "any error will do"))
    return [f"{path}:{node.lineno} {why}" for node, why in found]


def _checks(function: ast.AST, functions: dict[str, _Function], seen: set[str]) -> bool:
    """True where the function, or one of the same file that it calls, checks something."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert | ast.Raise):
            return True
        name = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
        if name in _CHECKS:
            return True
        if name in functions and name not in seen and _checks(functions[name], functions, seen | {name}):
            return True
    return False


def _any_error(node: ast.Call) -> bool:
    unsure = ast.unparse(node.func) == "pytest.raises" and node.args and ast.unparse(node.args[0]) in _ANY_ERROR
    return bool(unsure) and not any(keyword.arg == "match" for keyword in node.keywords)


def test_every_test_can_fail(sources: dict[str, str]) -> None:
    tests = {path: source for path, source in sources.items() if path.startswith("tests/")}
    assert [one for path, source in tests.items() for one in cannot_fail(path, source)] == []


@pytest.mark.parametrize(
    "source",
    [
        "def test_a():\n    f()",
        "async def test_a():\n    await f()\n\n\ndef f():\n    return 1",
        "def test_a():\n    assert (f(), 'told')",
        "def test_a():\n    assert True",
        "def test_a():\n    with pytest.raises(Exception):\n        f()",
    ],
)
def test_a_planted_test_that_cannot_fail_is_seen(source: str) -> None:
    assert cannot_fail("tests/test_a.py", source) != []


@pytest.mark.parametrize(
    "source",
    [
        "def test_a():\n    assert f() == 1",
        "def test_a():\n    judge()\n\n\ndef judge():\n    assert f()",
        "def test_a():\n    with pytest.raises(ValueError):\n        f()",
    ],
)
def test_an_ordinary_test_passes(source: str) -> None:
    assert cannot_fail("tests/test_a.py", source) == []
