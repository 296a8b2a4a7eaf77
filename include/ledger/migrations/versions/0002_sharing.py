"""Waiting for a share of an authority's budget shows in the ledger; evidence cannot be emptied either."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0002_sharing.sql")
