"""What the register shows of accepted changes of leaseholders."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0022_leasing_confirmed.sql")
