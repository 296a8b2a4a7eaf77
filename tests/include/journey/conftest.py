from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.embedded.postgres import EmbeddedPostgres
from include.ledger.migrate import migrate
from include.ledger.warehouse import Connection, connect


@pytest.fixture(scope="session")
def ledger_dsn() -> Iterator[str]:
    """An empty, migrated warehouse on a real PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="st", dir="/tmp") as name:
        Path(name).chmod(0o755)  # the server may run as another, unprivileged user
        with EmbeddedPostgres(Path(name) / "pg") as server:
            server.create_database("warehouse")
            migrate(server.dsn("warehouse"))
            yield server.dsn("warehouse")


@pytest.fixture
def ledger(ledger_dsn: str) -> Iterator[Connection]:
    """A connection whose work is undone after the test."""
    with connect(ledger_dsn) as connection:
        yield connection
        connection.rollback()
