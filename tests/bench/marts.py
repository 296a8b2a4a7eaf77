"""Marts and reconciliation on a full ledger: how long a day-and-party question takes, and one reconciliation."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from include.config.party import Party
from include.embedded.postgres import EmbeddedPostgres
from include.journey.reconcile_days import reconcile_days
from include.ledger.migrate import migrate
from include.ledger.warehouse import Connection, connect
from tests.bench.full_ledger import PARTIES, fill
from tests.bench.table import Row

WANTED_MS, WANTED_S = 200, 30
DATABASE = "mart_bench"

#: By which column each relation is asked for a day; one without a day is asked for the party as a whole, or for one
#: arrival.
_DAY, _MOMENT, _WHOLE, _ONE = "day", "moment", "whole", "one"
BY = {
    "alert": (_MOMENT, "raised_at"),
    "customs_arrival": (_ONE, "identifier"),
    "customs_consignment": (_MOMENT, "last_signal_at"),
    "customs_presentation": (_MOMENT, "received_at"),
    "customs_signal": (_MOMENT, "received_at"),
    "difference": (_DAY, "day"),
    "ecoc_attempt": (_MOMENT, "ended_at"),
    "ecoc_daily": (_DAY, "day"),
    "ecoc_deletion": (_MOMENT, "asked_at"),
    "ecoc_document": (_MOMENT, "received_at"),
    "ecoc_file": (_DAY, "day"),
    "ecoc_finding": (_MOMENT, "found_at"),
    "ecoc_gap": (_MOMENT, "found_at"),
    "ecoc_pace": (_DAY, "day"),
    "ecoc_refusal": (_WHOLE, ""),
    "ecoc_refusal_reason": (_WHOLE, ""),
    "ecoc_rule_breach": (_DAY, "day"),
    "leasing_change": (_DAY, "day"),
    "reconciliation": (_DAY, "day"),
    "vehicle": (_MOMENT, "looked_up_at"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What the marts cost on a ledger of `documents`."""

    documents: int
    rows: dict[str, int]
    milliseconds: dict[str, float]
    reconciliation_s: float

    @property
    def slowest(self) -> tuple[str, float]:
        """The relation whose answer took longest, and its milliseconds."""
        name = max(self.milliseconds, key=lambda one: self.milliseconds[one])
        return name, self.milliseconds[name]


def question(relation: str, party: str, ago: int, schema: str = "mart") -> str:
    """A day-and-party question to a relation; `ago` counts days back from today."""
    how, column = BY[relation]
    query = f"SELECT * FROM {schema}.{relation} WHERE importer = '{party}'"
    if how == _DAY:
        return f"{query} AND {column} = current_date - {ago}"
    if how == _MOMENT:
        return f"{query} AND {column} >= current_date - {ago} AND {column} < current_date - {ago - 1}"
    return f"{query} AND {column} = 'M{ago * 100}'" if how == _ONE else query


def measure(home: Path, documents: int) -> Measured:
    """Fills a ledger of its own below `home`, asks, and throws it away unless SAMSVAR_KEEP_MARTS is set."""
    with EmbeddedPostgres(home / "pg_marts") as server:
        server.drop_database(DATABASE)
        server.create_database(DATABASE)
        dsn = server.dsn(DATABASE)
        migrate(dsn)
        with connect(dsn) as connection:
            rows = fill(connection, documents)
            asked = {relation: ask(connection, relation) for relation in BY}
            seconds = reconcile(connection)
        if not os.environ.get("SAMSVAR_KEEP_MARTS"):
            server.drop_database(DATABASE)
    return Measured(documents, rows, asked, seconds)


def rows_of_marts(home: Path, documents: int) -> list[Row]:
    """The measures as rows of the bench: ours against the limit that is wanted."""
    found = measure(home, documents)
    name, slowest = found.slowest
    each = ", ".join(f"{relation} {ms:.0f}" for relation, ms in sorted(found.milliseconds.items()))
    full = " · ".join(f"{number:,} {table}s" for table, number in found.rows.items())
    return [
        Row(
            "slowest day-and-party question to a mart",
            slowest,
            WANTED_MS,
            slowest / WANTED_MS,
            "ms",
            f"{name}; {full}; all: {each}",
        ),
        Row(
            "reconciliation of all importers on that ledger",
            found.reconciliation_s,
            WANTED_S,
            found.reconciliation_s / WANTED_S,
            "s",
            f"{PARTIES} importers, every kind of difference",
        ),
    ]


def ask(connection: Connection, relation: str) -> float:
    """Milliseconds of a day-and-party question, every row fetched: the median over days of the whole year."""
    times = []
    for number, ago in enumerate((3, 40, 111, 200, 300)):
        began = time.perf_counter()
        connection.execute(question(relation, f"party_{number % PARTIES}", ago).encode()).fetchall()
        times.append((time.perf_counter() - began) * 1000)
        connection.rollback()
    return median(times)


def reconcile(connection: Connection) -> float:
    """Seconds of a reconciliation as the DAG does it, of all importers and what changed since an hour ago."""
    connection.execute("UPDATE ledger.party_day SET checked_at = now() - interval '1 hour'")
    connection.commit()
    block = {"organisation_number": "310000019", "schedule": None}
    parties = [Party.model_validate({**block, "id": f"party_{n}", "name": f"Party {n}"}) for n in range(PARTIES)]
    began = time.perf_counter()
    result = reconcile_days(connection, parties)
    seconds = time.perf_counter() - began
    if any(one.open for one in result.tallies):
        raise RuntimeError(f"a ledger without differences has some: {result.sentence()}")
    return seconds
