"""What tests of every room share: one embedded PostgreSQL and a fresh, migrated warehouse per test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import hypothesis
import hypothesis.configuration
import pytest

from include.embedded.postgres import EmbeddedPostgres
from include.errors import Busy
from include.ledger.migrate import migrate
from include.ledger.warehouse import Connection, connect

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
