"""A ledger as full as after years: set-based SQL, so that a million documents take minutes.

Documents are spread over eight importers and the days of a year; each has findings and attempts. There are as many
customs signals, and a tenth as many presentations and changes of leaseholders.
"""

from __future__ import annotations

from pathlib import Path

from include.ledger.warehouse import Connection

PARTIES = 8


def fill(connection: Connection, documents: int) -> dict[str, int]:
    """Fills an empty, migrated ledger and returns how many rows it has. Commits after each step."""
    steps = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n--\n")[1:]
    for step in steps:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(step.encode(), {"documents": documents})
        connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM (ANALYZE)")
    connection.autocommit = False
    rows = {}
    for table in ("document", "submission", "attempt", "finding", "customs_signal", "presentation", "leasing_change"):
        row = connection.execute(f"SELECT count(*) AS n FROM ledger.{table}".encode()).fetchone()
        rows[table] = int(row["n"]) if row else 0
    connection.commit()
    return rows
