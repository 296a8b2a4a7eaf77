"""Which Airflow pools were created: a task that names a missing one waits for ever in silence, so the first asks."""

from __future__ import annotations

from collections.abc import Iterable

from include.errors import ConfigurationError
from include.ledger.warehouse import Connection


def record(connection: Connection, names: Iterable[str]) -> None:
    """Remembers that these pools exist now; the caller commits."""
    for name in names:
        connection.execute(
            "INSERT INTO ledger.pool (name) VALUES (%s) ON CONFLICT (name) DO UPDATE SET made_at = now()", (name,)
        )


def refuse_missing(connection: Connection, names: Iterable[str]) -> None:
    """Raises ConfigurationError with the command that creates them, when a pool is not known to exist."""
    known = {row["name"] for row in connection.execute("SELECT name FROM ledger.pool")}
    missing = sorted(set(names) - known)
    if missing:
        raise ConfigurationError(
            f"The Airflow pools {', '.join(missing)} do not exist, so tasks would wait for ever: run `make migrate`."
        )
