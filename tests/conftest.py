"""What tests of every room share: one embedded PostgreSQL, a fresh, migrated warehouse per test, and the canaries."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
import hypothesis.configuration
import psycopg
import pytest

from include.embedded.postgres import EmbeddedPostgres
from include.errors import Busy
from include.ledger.migrate import migrate
from include.ledger.warehouse import Connection, connect
from tests.crash.beside import crash_lanes  # noqa: F401 - a fixture for the tests of two folders

LEFT_BEHIND = Path(__file__).parents[1] / ".samsvar"

hypothesis.configuration.set_hypothesis_home_dir(LEFT_BEHIND / "hypothesis")
# The same examples in every run, so that a red run can be repeated; SAMSVAR_EXPLORE=1 looks for new ones.
hypothesis.settings.register_profile("steady", derandomize=True)
hypothesis.settings.load_profile("default" if os.environ.get("SAMSVAR_EXPLORE") else "steady")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One server for all tests of this process; its folder is kept, so the next test run starts in a second."""
    for number in range(20):
        server = EmbeddedPostgres(LEFT_BEHIND / "tests" / f"pg{number}")
        with suppress(Busy):  # another test run beside this one has it
            server.start()
            break
    try:
        with connect(server.dsn()) as connection:
            connection.autocommit = True
            connection.execute("ALTER SYSTEM SET fsync = off")  # a test's data need not outlive a power cut
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def warehouse_template(postgres: EmbeddedPostgres) -> str:
    """A migrated, empty database that nobody connects to: copying it takes a moment, migrating takes seconds."""
    with connect(postgres.dsn()) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_'").fetchall()
    for row in rows:
        postgres.drop_database(row["datname"])
    postgres.create_database("test_template")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("include.ledger.migrate.MONTHS_AHEAD", 2)  # each month is a hundred files to copy
        migrate(postgres.dsn("test_template"))
    return "test_template"


@pytest.fixture(scope="session")
def copy_of_warehouse(postgres: EmbeddedPostgres, warehouse_template: str) -> Callable[[], str]:
    numbers = count(1)

    def copy() -> str:
        name = f"test_{next(numbers)}"
        with connect(postgres.dsn()) as connection:
            connection.autocommit = True
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {warehouse_template}".encode())
        return name

    return copy


@pytest.fixture
def warehouse(postgres: EmbeddedPostgres, copy_of_warehouse: Callable[[], str]) -> Iterator[str]:
    """The libpq address of a fresh, migrated, empty warehouse."""
    name = copy_of_warehouse()
    yield postgres.dsn(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def ledger_dsn(postgres: EmbeddedPostgres, copy_of_warehouse: Callable[[], str]) -> str:
    """A warehouse for tests that undo their own work."""
    return postgres.dsn(copy_of_warehouse())


@pytest.fixture
def ledger(ledger_dsn: str) -> Iterator[Connection]:
    """A connection whose work is undone after the test."""
    with connect(ledger_dsn) as connection:
        yield connection
        connection.rollback()


#: Fields of a connection that open something; a private key counts by three of its lines.
SECRET_FIELDS = ("password", "private_key", "keystore", "keystore_password", "keys", "lookup_key")


class Canaries:
    """Texts that must be found nowhere, in every form in which they could lie somewhere."""

    def __init__(self) -> None:
        self._forms: dict[bytes, str] = {}

    def plant(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._forms |= dict.fromkeys(_forms(text), text)

    def plant_secrets(self, connections: Mapping[str, Mapping[str, Any]]) -> None:
        """Every secret of these connections, as Airflow is given them."""
        for connection in connections.values():
            fields = {**connection, **connection.get("extra", {})}
            for value in (str(fields[name]) for name in SECRET_FIELDS if fields.get(name)):
                lines = [line for line in value.splitlines() if len(line) >= 8 and not line.startswith("-----")]
                self.plant({lines[0], lines[len(lines) // 2], lines[-1]})

    def hits(self, content: bytes) -> set[str]:
        """Which texts are in it, shortened so that no report of a failure tells them."""
        return {text[:6] + "…" for form, text in self._forms.items() if form in content}

    def in_files(self, folder: Path, *, but: Callable[[Path], bool] = lambda _: False) -> list[str]:
        """Files below a folder that hold one, also packed; `but` says which may."""
        found = []
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and not but(path):
                found += [f"{path}: {hits}" for content in _contents(path) if (hits := self.hits(content))]
        return found

    def in_database(self, dsn: str) -> list[str]:
        """Tables, views and columns' comments of a database that hold one: every relation that the catalogue knows."""
        found = []
        with psycopg.connect(dsn, autocommit=True) as connection:
            names = connection.execute(
                "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
                "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            for (name,) in names:
                for row in connection.execute(f"SELECT * FROM {name}".encode()):
                    binary = b" ".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
                    if hits := self.hits(repr(row).encode() + b" " + str(row).encode("utf-8", "replace") + binary):
                        found.append(f"{name}: {hits}")
        return found


def _forms(text: str) -> set[bytes]:
    """Raw, spaced, reversed, one character a line, escaped in six ways, hexadecimal, and base64 at each offset."""
    raw = {text, text.upper(), text[::-1], "\n".join(text), json.dumps(text)[1:-1], quote(text), html.escape(text)}
    raw |= {text.encode("unicode_escape").decode(), repr(text)[1:-1], text.encode().hex()}
    if text.isdigit():
        raw |= {f"{text[:6]} {text[6:]}", str(int(text))}
    found = {one.encode() for one in raw} | {text.encode("utf-16-le"), text.encode("cp1252", "replace")}
    for one in (text.encode(), text.upper().encode()):
        for pad, start in enumerate((0, 2, 3)):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                found.add(encode(b"x" * pad + one).rstrip(b"=")[start:-1])
    return {one for one in found if len(one) >= 6}


def _contents(path: Path) -> Iterator[bytes]:
    """A file as it lies there, and what is packed in it."""
    content = path.read_bytes()
    yield content
    if path.suffix == ".parquet":
        import pandas as pd

        yield pd.read_parquet(path).to_csv().encode()
    elif content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    elif content[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()
