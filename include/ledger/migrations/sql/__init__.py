"""The SQL of each migration step, as plain files that a database person can read."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run(file_name: str) -> None:
    """Executes one file of this folder as it stands: its colons and percent signs are SQL, not parameters."""
    text = (Path(__file__).parent / file_name).read_bytes()
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("a migration needs a connected warehouse")
    driver.execute(text)
