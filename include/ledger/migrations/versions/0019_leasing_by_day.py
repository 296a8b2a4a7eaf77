"""A day's changes of leaseholders are found by an index."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0019_leasing_by_day.sql")
