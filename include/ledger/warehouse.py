"""Connections to the warehouse, with its failures turned into one plain sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from include.errors import ConfigurationError, PersonMustAct, SamsvarError, ServiceUnavailable

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
AsyncConnection = psycopg.AsyncConnection[Row]

# A session whose host was lost ends after about a minute, and with it the party's lock it holds.
_OPTIONS: dict[str, Any] = {
    "application_name": "samsvar",
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 4,
    "options": "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=4",
}


@contextmanager
def connect(dsn: str) -> Iterator[psycopg.Connection[Row]]:
    """One connection whose transactions the caller commits; rows come as dictionaries.

    Raises ServiceUnavailable when the warehouse cannot be reached or goes away, ConfigurationError when it has no
    ledger.
    """
    with told_plainly(), psycopg.connect(dsn, row_factory=dict_row, **_OPTIONS) as connection:
        yield connection


@asynccontextmanager
async def connect_async(dsn: str) -> AsyncIterator[psycopg.AsyncConnection[Row]]:
    """The same for coroutines. Autocommit: a statement is a transaction unless `transaction()` is asked for."""
    with told_plainly():
        connection = await psycopg.AsyncConnection.connect(
            dsn,
            row_factory=dict_row,
            autocommit=True,
            **_OPTIONS,
        )
        async with connection:
            yield connection


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns the driver's errors into ours; of the driver's words only those about reaching the server are kept."""
    try:
        yield
    except SamsvarError:
        raise
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.UndefinedColumn) as error:
        raise ConfigurationError(
            "The warehouse (connection `warehouse`) has no up-to-date ledger: run `make migrate`, then clear this task."
        ) from error
    except psycopg.Error as error:
        raise _told(error) from None


# Classes of SQLSTATE (PostgreSQL manual, appendix A) after which the same statement may work later: connection,
# transaction rollback, resources, locks, operator intervention, system. No SQLSTATE: the server was not reached.
_PASSING = ("08", "40", "53", "55", "57", "58")


def _told(error: psycopg.Error) -> SamsvarError:
    """Without DETAIL and values: those may quote a document."""
    if error.sqlstate is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        first_line = (str(error).strip().splitlines() or ["no answer"])[0]
        return ServiceUnavailable(
            f"The warehouse (connection `warehouse`) cannot be reached: {first_line}. "
            "Nothing is lost; the task goes on from the ledger when it is back."
        )
    kind = f"{type(error).__name__}, SQLSTATE {error.sqlstate}"
    if (error.sqlstate or "")[:2] in _PASSING:
        return ServiceUnavailable(f"The warehouse broke off ({kind}): the task goes on from the ledger in a retry.")
    return PersonMustAct(
        f"The warehouse refused a statement ({kind}): this is a fault of Samsvar, please report it with this line."
    )


def now_of(connection: Connection) -> datetime:
    """The warehouse's clock: the one that all workers share."""
    row = connection.execute("SELECT now() AS now").fetchone()
    connection.commit()
    if row is None:
        raise ServiceUnavailable("The warehouse (connection `warehouse`) does not tell the time.")
    moment: datetime = row["now"]
    return moment
