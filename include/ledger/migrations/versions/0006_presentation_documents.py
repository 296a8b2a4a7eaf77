"""Presentations are found by their transport document."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0006_presentation_documents.sql")
