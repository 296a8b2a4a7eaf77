"""Brings a warehouse to the latest ledger and mart. Safe to run again, and by several at once."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from psycopg.conninfo import conninfo_to_dict

from include.ledger.warehouse import Connection, connect

_LEDGER = Path(__file__).parent
_VIEWS = _LEDGER.parent / "mart" / "views"
_LOCK = 7_267_827  # any constant: two migrations at once wait for each other
MONTHS_AHEAD = 24


def migrate(dsn: str) -> None:
    """Migrates the ledger, makes the coming months' partitions and replaces the mart's views where they changed.

    `dsn` is a libpq connection string. Raises ServiceUnavailable when the warehouse cannot be reached.
    """
    with connect(dsn) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        connection.commit()
        _upgrade(dsn)
        make_partitions(connection)
        _replace_views(dsn)


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


def _replace_views(dsn: str) -> None:
    """Views that did not change are left alone, so that what analysts built upon them stays."""
    with connect(dsn) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS mart")
        connection.execute("COMMENT ON SCHEMA mart IS 'What analysts read. Every relation and column is commented.'")
        connection.execute("CREATE TABLE IF NOT EXISTS ledger.mart_view (name text PRIMARY KEY, sha256 text NOT NULL)")
        known = {
            str(row["name"]): row["sha256"] for row in connection.execute("SELECT name, sha256 FROM ledger.mart_view")
        }
        for path in sorted(_VIEWS.glob("*.sql")):
            text = path.read_bytes()
            digest = hashlib.sha256(text).hexdigest()
            if known.get(path.stem) == digest:
                continue
            connection.execute(f'DROP VIEW IF EXISTS mart."{path.stem}"'.encode())
            connection.execute(text)
            connection.execute(
                "INSERT INTO ledger.mart_view VALUES (%s, %s) "
                "ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256",
                (path.stem, digest),
            )
        connection.commit()
