"""${message}"""

from __future__ import annotations

from include.ledger.migrations.sql import run

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    run("${up_revision}.sql")
