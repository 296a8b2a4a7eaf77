"""The warehouse connection as the ledger wants it, and the place of the content store."""

from __future__ import annotations

import os
from pathlib import Path

from airflow.sdk import BaseHook
from psycopg.conninfo import make_conninfo

from samsvar.hooks.masking import mask
from samsvar.hooks.reading import reading


class WarehouseHook(BaseHook):
    """Reads the connection (type `postgres`, default id `warehouse`) into a libpq connection string."""

    conn_name_attr = "warehouse_conn_id"
    default_conn_name = "warehouse"
    conn_type = "postgres"
    hook_name = "Samsvar warehouse"

    def __init__(self, warehouse_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.warehouse_conn_id = warehouse_conn_id

    def dsn(self) -> str:
        """The connection string; it holds the password, which is masked in logs from here on.

        Raises ConfigurationError when there is no such connection.
        """
        with reading(self.warehouse_conn_id, "postgres"):
            connection = self.get_connection(self.warehouse_conn_id)
            extra = connection.extra_dejson
        mask([connection.password or ""])
        return make_conninfo(
            host=connection.host,
            port=connection.port,
            user=connection.login,
            password=connection.password,
            dbname=connection.schema or "warehouse",
            **{key: value for key, value in extra.items() if key.startswith("ssl")},
        )


def store_url() -> str:
    """SAMSVAR_STORE, or a folder below AIRFLOW_HOME (fine on one host; several hosts need a shared place)."""
    home = os.environ.get("AIRFLOW_HOME") or str(Path("~/airflow").expanduser())
    return os.environ.get("SAMSVAR_STORE") or str(Path(home) / "samsvar-store")
