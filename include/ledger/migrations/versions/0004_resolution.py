"""Unknown outcomes are settled by lookup: the baseline, the one re-send, and the book of decisions."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0004_resolution.sql")
