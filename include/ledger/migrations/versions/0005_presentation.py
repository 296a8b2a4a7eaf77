"""Presentations at customs: files, rows, presentations, expected houses and the evidence of every send."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0005_presentation.sql")
