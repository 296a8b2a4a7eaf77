"""The reconciliation's own tables: ended runs, days that were due, differences; and the indexes it asks by."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0009_reconciliation.sql")
