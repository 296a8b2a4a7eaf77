"""Storing a page of control signals costs less."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0018_quicker_polls.sql")
