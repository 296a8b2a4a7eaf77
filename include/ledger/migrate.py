"""Brings a warehouse to the latest ledger and mart. Safe to run again, and by several at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from psycopg.conninfo import conninfo_to_dict

from include.ledger.roles import grant_readers
from include.ledger.views import replace_views
from include.ledger.warehouse import Connection, connect

_LEDGER = Path(__file__).parent
_LOCK = 7_267_827  # any constant: two migrations at once wait for each other
MONTHS_AHEAD = 24


def migrate(dsn: str) -> None:
    """Migrates the ledger, makes the coming months' partitions, and replaces and hands out the mart's views.

    `dsn` is a libpq connection string. Raises ServiceUnavailable when the warehouse cannot be reached.
    """
    with connect(dsn) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        connection.commit()
        _upgrade(dsn)
        make_partitions(connection)
        replace_views(connection)
        grant_readers(connection)


def make_partitions(connection: Connection) -> None:
    """Makes the coming months' partitions of what grows; those that exist are left alone. Commits."""
    first = datetime.now(UTC).date().replace(day=1)
    connection.execute("SELECT ledger.make_partitions(%s, %s)", (first, MONTHS_AHEAD))
    connection.commit()


def _upgrade(dsn: str) -> None:
    parameters = conninfo_to_dict(dsn)
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", connect_args=parameters, poolclass=sqlalchemy.pool.NullPool
    )
    config = Config()
    config.set_main_option("script_location", str(_LEDGER / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS ledger")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
