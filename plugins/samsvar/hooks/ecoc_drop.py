"""The importers' SFTP drop through Airflow's connection type `sftp`, as the SFTP provider's form fills it in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from include.drop.settings import DropSettings, settings_from_connection
from include.errors import ConfigurationError
from samsvar.hooks.masking import mask
from samsvar.hooks.reading import reading

if TYPE_CHECKING:
    from include.drop.drop import Drop


class EcocDropHook(BaseHook):
    """Reads the connection and opens the drop. Host key checking is always on; see DropSettings for the extras."""

    conn_name_attr = "ecoc_sftp_conn_id"
    default_conn_name = "ecoc_sftp"
    conn_type = "sftp"
    hook_name = "eCoC drop (SFTP)"

    def __init__(self, ecoc_sftp_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.ecoc_sftp_conn_id = ecoc_sftp_conn_id

    def settings(self) -> DropSettings:
        """The connection as settings, every secret in it masked in logs from here on.

        :raises ConfigurationError: naming the connection and the field
        """
        with reading(self.ecoc_sftp_conn_id, "sftp"):
            connection = self.get_connection(self.ecoc_sftp_conn_id)
            extra = _extra(connection, self.ecoc_sftp_conn_id)
        settings = settings_from_connection(
            conn_id=self.ecoc_sftp_conn_id,
            host=connection.host,
            port=connection.port,
            login=connection.login,
            password=connection.password,
            extra=extra,
        )
        mask(settings.secrets())
        return settings

    def drop(self) -> Drop:
        """The drop, to be used as `async with hook.drop() as drop`."""
        from include.drop.drop import Drop

        return Drop(self.settings())


def _extra(connection: Any, conn_id: str) -> dict[str, Any]:
    """The extra as a mapping. Airflow itself turns an extra that is no JSON into an empty one, which would mislead."""
    try:
        told = json.loads(connection.extra or "{}")
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ConfigurationError(f"The extra of connection {conn_id} is not a JSON object; correct it.")
    return dict(connection.extra_dejson)
