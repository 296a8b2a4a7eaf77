"""What corrects a presentation is found by an index."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0020_correction.sql")
