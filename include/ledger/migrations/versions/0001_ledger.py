"""The first ledger: sightings, documents, findings, lots, submissions, attempts."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0001_ledger.sql")
