"""From the connections `vegvesen_register` and `maskinporten` to Statens vegvesen's own lookup."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from airflow.sdk import BaseHook

from include.register.leaseholder import Mark
from include.vegvesen_register.client import VegvesenRegister
from include.vegvesen_register.settings import VegvesenRegisterSettings, settings_from_connection
from samsvar.hooks.fiks import tried
from samsvar.hooks.masking import mask
from samsvar.hooks.reading import reading
from samsvar.hooks.register_http import transport_for


class VegvesenRegisterHook(BaseHook):
    """Statens vegvesen's own lookup of vehicles.

    Args:
        vegvesen_register_conn_id: the connection: host = base URL (blank: from `environment`), and the fields of its
            form in extra.
        maskinporten_conn_id: another Maskinporten connection than the one it names.
    """

    conn_name_attr = "vegvesen_register_conn_id"
    default_conn_name = "vegvesen_register"
    conn_type = "vegvesen_register"
    hook_name = "Statens vegvesen register"

    def __init__(
        self,
        vegvesen_register_conn_id: str = default_conn_name,
        maskinporten_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.vegvesen_register_conn_id = vegvesen_register_conn_id
        self.maskinporten_conn_id = maskinporten_conn_id

    def settings(self) -> VegvesenRegisterSettings:
        """The connection's settings, its secrets masked. Raises `ConfigurationError` naming connection and field."""
        with reading(self.vegvesen_register_conn_id, "vegvesen_register"):
            connection = self.get_connection(self.vegvesen_register_conn_id)
            extra = connection.extra_dejson
        mask([str(extra.get("owner_secret_key") or "")])
        settings = settings_from_connection(
            conn_id=self.vegvesen_register_conn_id, host=connection.host, port=connection.port, extra=extra
        )
        if self.maskinporten_conn_id:
            settings = replace(settings, maskinporten_conn_id=self.maskinporten_conn_id)
        return settings

    def register(self, leaseholders: Mark | None = None) -> VegvesenRegister:
        """The register. Close it after use. Raises `ConfigurationError` when a connection is wrong.

        `leaseholders` makes the keyed hash of who leases a vehicle, where `leaseholder_path` is set.
        """
        settings = replace(self.settings(), leaseholder_mark=leaseholders)
        return VegvesenRegister(settings, transport_for(settings))

    def get_conn(self) -> VegvesenRegister:
        """Airflow's name for `register`."""
        return self.register()

    def test_connection(self) -> tuple[bool, str]:
        """Look up one VIN that no vehicle has; it counts nothing against the quota."""
        return tried(self.register)
