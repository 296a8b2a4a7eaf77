"""What was found out about the XML signature of a document is kept with it."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0003_signature.sql")
