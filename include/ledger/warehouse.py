"""Connections to the warehouse, with its failures turned into one plain sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from include.errors import ConfigurationError, SamsvarError, ServiceUnavailable

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
AsyncConnection = psycopg.AsyncConnection[Row]

_OPTIONS = {"application_name": "samsvar", "connect_timeout": 10}


@contextmanager
def connect(dsn: str) -> Iterator[psycopg.Connection[Row]]:
    """One connection whose transactions the caller commits; rows come as dictionaries.

    Raises ServiceUnavailable when the warehouse cannot be reached or goes away, ConfigurationError when it has no ledger.
    """
    with told_plainly(), psycopg.connect(dsn, row_factory=dict_row, **_OPTIONS) as connection:  # type: ignore[arg-type]
        yield connection


@asynccontextmanager
async def connect_async(dsn: str) -> AsyncIterator[psycopg.AsyncConnection[Row]]:
    """The same for coroutines. Autocommit: a statement is a transaction unless `transaction()` is asked for."""
    with told_plainly():
        connection = await psycopg.AsyncConnection.connect(
            dsn,
            row_factory=dict_row,
            autocommit=True,
            **_OPTIONS,  # type: ignore[arg-type]
        )
        async with connection:
            yield connection


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns the driver's errors into ours. The driver's text may hold the password-free conninfo only, so it is kept."""
    try:
        yield
    except SamsvarError:
        raise
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.UndefinedColumn) as error:
        raise ConfigurationError(
            "The warehouse (connection `warehouse`) has no up-to-date ledger: run `make migrate`, then clear this task."
        ) from error
    except psycopg.OperationalError as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
        raise ServiceUnavailable(
            f"The warehouse (connection `warehouse`) cannot be reached: {first_line}. "
            "Nothing is lost; the task goes on from the ledger when it is back."
        ) from error


def now_of(connection: Connection) -> datetime:
    """The warehouse's clock: the one that all workers share."""
    row = connection.execute("SELECT now() AS now").fetchone()
    connection.commit()
    if row is None:
        raise ServiceUnavailable("The warehouse (connection `warehouse`) does not tell the time.")
    moment: datetime = row["now"]
    return moment
