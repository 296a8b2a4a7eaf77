"""Presentations that customs has not validated are found by an index."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0021_unvalidated.sql")
