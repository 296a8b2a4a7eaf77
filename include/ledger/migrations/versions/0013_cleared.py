"""A re-send is cleared by a fresh lookup, or waits."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0013_cleared.sql")
