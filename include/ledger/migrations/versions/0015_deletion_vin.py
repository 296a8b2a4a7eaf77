"""A request for deletion may give a VIN beside its reference."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0015_deletion_vin.sql")
