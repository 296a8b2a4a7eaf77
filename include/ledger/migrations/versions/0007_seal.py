"""Evidence is sealed day by day, and payloads may go after their time, with proof."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0007_seal.sql")
