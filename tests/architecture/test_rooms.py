"""Who may import whom: one direction (dags → plugins → include), and what a room must not do.

The table is the documentation. Rooms nest: a file obeys every row whose folder it lies in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Wall:
    """What a room must not import, by prefix; `but` are the exceptions."""

    because: str
    never: tuple[str, ...]
    but: tuple[str, ...] = ()


_POINTS_BACK = ("samsvar", "plugins", "dags", "tests")
_HTTP = ("aiohttp", "httpx", "http", "requests", "urllib", "urllib3")
_NETWORK = (*_HTTP, "asyncio", "asyncssh", "ftplib", "paramiko", "psycopg", "smtplib", "socket", "socketserver", "ssl")


def _only(*rooms: str) -> tuple[str, ...]:
    return tuple(f"include.{room}" for room in rooms)


ROOMS: dict[str, Wall] = {
    "include": Wall("what we know works without Airflow, and nothing points back", ("airflow", *_POINTS_BACK)),
    "include/errors.py": Wall("the error tree stands alone", ("include",)),
    "include/outcomes.py": Wall("the four ends of a send stand alone", ("include",)),
    "include/ivi": Wall("a check is pure: same bytes, same findings", ("include", *_NETWORK), _only("errors", "ivi")),
    "include/drop": Wall("the drop knows files, not vehicles", ("include", *_HTTP), _only("errors", "drop")),
    "include/authority": Wall(
        "what all authorities share knows none of them", ("include",), _only("errors", "maskinporten", "authority")
    ),
    "include/maskinporten": Wall(
        "tokens know no documents",
        ("include",),
        _only("errors", "authority.address", "authority.fields", "maskinporten"),
    ),
    "include/vegvesen": Wall(
        "an authority knows messages, not the ledger",
        ("include",),
        _only("errors", "outcomes", "authority", "maskinporten", "vegvesen"),
    ),
    "include/register": Wall(
        "a register is asked, it knows no documents",
        ("include",),
        _only("errors", "authority", "maskinporten", "register"),
    ),
    "include/fiks": Wall("one adapter of the register", ("include",), _only("errors", "authority", "register", "fiks")),
    "include/vegvesen_register": Wall(
        "the other adapter of the register",
        ("include",),
        _only("errors", "authority", "maskinporten", "register", "vegvesen", "vegvesen_register"),
    ),
    "include/toll": Wall(
        "an authority knows messages, not the ledger",
        ("include",),
        _only("errors", "outcomes", "authority", "maskinporten", "register", "toll"),
    ),
    "include/config": Wall("a party block is read by itself", ("include",), _only("errors", "config", "vegvesen")),
    "include/ledger": Wall(
        "the ledger is written to, it calls nobody",
        ("include", *_HTTP, "asyncssh"),
        _only("errors", "outcomes", "ivi", "vegvesen", "toll", "ledger"),
    ),
    "include/exports": Wall(
        "exports read the marts with their receiver's rights, and nothing else",
        ("include", *_HTTP),
        _only("errors", "exports", "ledger.roles", "ledger.warehouse"),
    ),
    "include/mart": Wall("views and words about them", ("include", *_NETWORK), _only("errors", "mart")),
    "include/journey": Wall("the journey works with real parts only", _only("sandbox", "embedded")),
    "include/sandbox": Wall(
        "the oracle shares no mistake with those it judges", ("include",), _only("errors", "sandbox")
    ),
    "plugins": Wall(
        "Airflow's side is used by DAG files only", ("plugins", "dags", "tests", *_only("sandbox", "embedded"))
    ),
    "plugins/samsvar/house.py": Wall("imported by every task process", ("include", "samsvar"), _only("errors")),
    "plugins/samsvar/provider.py": Wall(
        "drawn as forms by processes without our code", ("airflow", "include", "samsvar"), ("samsvar.forms",)
    ),
    "plugins/samsvar/forms": Wall("as the provider", ("airflow", "include", "samsvar"), ("samsvar.forms",)),
    "plugins/samsvar/hooks": Wall("a hook reads connections", ("samsvar",), ("samsvar.hooks", "samsvar.house")),
    "plugins/samsvar/operators": Wall(
        "an operator imports hooks, never another operator", ("samsvar.operators", "samsvar.party_dag")
    ),
    "dags": Wall(
        "a DAG file says when: no HTTP, no database, no other DAG",
        ("dags", "include", "tests", "plugins", "samsvar.hooks", *_NETWORK, "sqlalchemy", "asyncpg", "os"),
    ),
    "tests": Wall(
        "proofs do not lean on each other; drivers are shared", ("tests",), ("tests.drivers", "tests.crash.beside")
    ),
    # Contestants and measures of one bench, started as `python -m tests.bench`.
    "tests/bench": Wall("the bench is a program", ("dags",)),
    "tests/mutation": Wall("the mutation run is a program", ("dags",)),
    "tests/crash": Wall(
        "the crash suite is a program; its senders are the product's own functions", ("dags", "airflow")
    ),
}

_SQL = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|(create|alter|drop)\s+(table|view|schema)|truncate)\b",
    re.IGNORECASE | re.DOTALL,
)
_URL = re.compile(r"\b(https?|postgresql|sftp)://")


def breaches(path: str, source: str) -> list[str]:
    """Every rule that the file at `path` breaks, as sentences with a line number."""
    tree = ast.parse(source)
    found = [
        f"{path}:{line} imports {name}: {wall.because}"
        for wall in _walls(path)
        for line, name in _imports(tree, path)
        if _is(name, wall.never) and not _is(name, wall.but)
    ]
    return found + (list(_dag_breaches(path, tree)) if path.startswith("dags/") else [])


def _walls(path: str) -> list[Wall]:
    rooms = [room for room in ROOMS if path == room or path.startswith(f"{room}/")]
    if path.startswith(("tests/bench/", "tests/mutation/", "tests/crash/")):
        rooms.remove("tests")
    return [ROOMS[room] for room in rooms]


def _is(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def _imports(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported anywhere in the file, relative and dynamic imports too."""
    package = path.removeprefix("plugins/").removesuffix(".py").split("/")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: -node.level], *filter(None, [node.module])] if node.level else [node.module or ""]
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def _dag_breaches(path: str, tree: ast.Module) -> Iterator[str]:
    docstring = tree.body[0].value if ast.get_docstring(tree) is not None else None  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node is not docstring:
            if _SQL.search(node.value):
                yield f"{path}:{node.lineno} holds SQL: it belongs into include/ledger"
            if _URL.search(node.value):
                yield f"{path}:{node.lineno} holds an address: it belongs into a connection"
        elif isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in (
            "Variable",
            "os.getenv",
            "os.environ",
        ):
            yield f"{path}:{node.lineno} reads {ast.unparse(node)}: a setting belongs into a connection or parties.yaml"
        elif isinstance(node, ast.Try | ast.Assert):
            yield f"{path}:{node.lineno} handles errors: that belongs into an operator"


def test_no_room_is_empty(sources: dict[str, str]) -> None:
    empty = [room for room in ROOMS if not any(path == room or path.startswith(f"{room}/") for path in sources)]
    assert empty == []


def test_every_source_lies_in_a_room(sources: dict[str, str]) -> None:
    homeless = [path for path in sources if path.split("/")[0] not in {"include", "plugins", "dags", "tests", "docs"}]
    assert homeless == []


def test_no_import_crosses_a_wall(sources: dict[str, str]) -> None:
    assert [breach for path, source in sources.items() for breach in breaches(path, source)] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("include/journey/planted.py", "from airflow.sdk import DAG"),
        ("include/ledger/planted.py", "def late():\n    import airflow"),
        ("include/journey/planted.py", "import samsvar.house"),
        ("include/drop/planted.py", "from importlib import import_module\nimport_module('airflow.sdk')"),
        ("include/errors.py", "from include.outcomes import Outcome"),
        ("include/ivi/planted.py", "import socket"),
        ("include/ivi/rules/planted.py", "import asyncio"),
        ("include/ivi/planted.py", "def look_up():\n    from urllib.request import urlopen"),
        ("include/ivi/planted.py", "from include.ledger import lots"),
        ("include/sandbox/planted.py", "from include.ivi.reading import read"),
        ("include/sandbox/planted.py", "from include import vegvesen"),
        ("include/sandbox/planted.py", "from ..drop import names"),
        ("include/journey/planted.py", "from include.sandbox.thread import SandboxThread"),
        ("include/vegvesen/planted.py", "from include.ledger.sending import claim"),
        ("include/mart/planted.py", "import psycopg"),
        ("plugins/samsvar/operators/planted.py", "from samsvar.operators.submit_ecoc import SubmitEcocOperator"),
        ("plugins/samsvar/operators/planted.py", "from .submit_ecoc import SubmitEcocOperator"),
        ("plugins/samsvar/hooks/planted.py", "from samsvar.step import plainly"),
        ("plugins/samsvar/provider.py", "from airflow.sdk import BaseHook"),
        ("plugins/samsvar/forms/planted.py", "from samsvar.hooks.toll import TollHook"),
        ("plugins/samsvar/planted.py", "import dags.ecoc_submission"),
        ("plugins/samsvar/planted.py", "from include.sandbox.server import Sandbox"),
        ("include/config/planted.py", "from tests.conftest import LEFT_BEHIND"),
        ("plugins/samsvar/planted.py", "import tests"),
        ("tests/include/planted.py", "from tests.include.conftest import sandbox"),
        ("tests/drivers/planted.py", "from tests.include.journey.test_outcomes import GOOD"),
        ("dags/planted.py", "from dags.ecoc_submission import ecoc_submission"),
        ("dags/planted.py", "import requests"),
        ("dags/planted.py", "QUERY = 'SELECT id FROM ledger.document'"),
        ("dags/planted.py", "URL = f'https://{host}/opprette'"),
        ("dags/planted.py", "from airflow.sdk import Variable\nkey = Variable.get('key')"),
        ("dags/planted.py", "home = os.getenv('HOME')"),
        ("dags/planted.py", "home = os.environ['HOME']"),
    ],
)
def test_a_planted_breach_is_seen(path: str, source: str) -> None:
    assert breaches(path, source) != []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("include/sandbox/planted.py", "from include.errors import SamsvarError\nimport aiohttp"),
        ("include/embedded/planted.py", "from include.sandbox.thread import SandboxThread"),
        ("plugins/samsvar/operators/planted.py", "from samsvar.hooks.vegvesen import VegvesenHook"),
        ("plugins/samsvar/hooks/planted.py", "from samsvar.hooks.maskinporten import MaskinportenHook"),
        ("dags/planted.py", '"""Selects from the drop; see https://example.org."""\nfrom airflow.sdk import DAG'),
        ("tests/bench/planted.py", "from tests.bench.ideal import run"),
        ("tests/include/planted.py", "from tests.drivers.night import Night"),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert breaches(path, source) == []
