"""The evidence of customs and leasing is sealed too."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0017_sealed_streams.sql")
