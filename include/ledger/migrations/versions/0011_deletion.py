"""Deletions: requests, approvals, and the deletion as a submission of its own."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0011_deletion.sql")
