"""The evidence of customs and leasing is sealed too."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0016_sealed_streams.sql")
