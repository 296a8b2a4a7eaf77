"""Alembic's entry: runs on the connection that include/ledger/migrate.py hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="migration",
    version_table_schema="ledger",
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
