"""The vehicle register: what it holds, the watch over accepted vehicles, differences, lookups."""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Forward only: a ledger is never rolled back, it is restored."""
    run("0010_register.sql")
