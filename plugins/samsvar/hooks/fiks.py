"""From the connections `fiks` and `maskinporten` to the register at KS Fiks, or one sentence that says why not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from airflow.sdk import BaseHook

from include.errors import SamsvarError
from include.fiks.client import FiksRegister
from include.fiks.settings import FiksSettings, settings_from_connection
from include.register.leaseholder import Mark
from include.register.port import NotAsked
from samsvar.hooks.masking import mask
from samsvar.hooks.reading import reading
from samsvar.hooks.register_http import transport_for


class FiksHook(BaseHook):
    """KS Fiks Kjøretøyregister, for public bodies.

    Args:
        fiks_conn_id: the connection: host = base URL (blank: from `environment`), login = integration id, password =
            integration password, and the fields of its form in extra.
        maskinporten_conn_id: another Maskinporten connection than the one it names.
        fiks_org_id: a party's own organisation at KS Fiks, before that of the connection.
    """

    conn_name_attr = "fiks_conn_id"
    default_conn_name = "fiks"
    conn_type = "fiks"
    hook_name = "KS Fiks Kjøretøyregister"

    def __init__(
        self,
        fiks_conn_id: str = default_conn_name,
        maskinporten_conn_id: str | None = None,
        fiks_org_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fiks_conn_id = fiks_conn_id
        self.maskinporten_conn_id = maskinporten_conn_id
        self.fiks_org_id = fiks_org_id

    def settings(self) -> FiksSettings:
        """The connection's settings, its secrets masked. Raises `ConfigurationError` naming connection and field."""
        with reading(self.fiks_conn_id, "fiks"):
            connection = self.get_connection(self.fiks_conn_id)
            extra = connection.extra_dejson
        mask([connection.password or "", str(extra.get("owner_secret_key") or "")])
        settings = settings_from_connection(
            conn_id=self.fiks_conn_id,
            host=connection.host,
            port=connection.port,
            login=connection.login,
            password=connection.password,
            extra=extra,
            fiks_org_id=self.fiks_org_id,
        )
        if self.maskinporten_conn_id:
            settings = replace(settings, maskinporten_conn_id=self.maskinporten_conn_id)
        return settings

    def register(self, leaseholders: Mark | None = None) -> FiksRegister:
        """The register. Close it after use. Raises `ConfigurationError` when a connection is wrong.

        `leaseholders` makes the keyed hash of who leases a vehicle, where `leaseholder_path` is set.
        """
        settings = replace(self.settings(), leaseholder_mark=leaseholders)
        return FiksRegister(settings, transport_for(settings))

    def get_conn(self) -> FiksRegister:
        """Airflow's name for `register`."""
        return self.register()

    def test_connection(self) -> tuple[bool, str]:
        """Look up one VIN that no vehicle has: token, integration and access are tried, no owner is read."""
        return tried(self.register)


def tried(register: Any) -> tuple[bool, str]:
    """The outcome of one harmless lookup, for the button Test of the connection forms."""
    try:
        # Airflow may call this from a thread with an event loop, where waiting for a token is not possible.
        with ThreadPoolExecutor(max_workers=1) as thread:
            opened = register()
            try:
                ((_, looked),) = thread.submit(opened.lookup_vins, ["SAMSVARTEST000000"]).result().items()
            finally:
                opened.close()
    except SamsvarError as error:
        return False, str(error)
    if isinstance(looked, NotAsked):
        return False, looked.sentence
    return True, f"The register answered ({type(looked).__name__.lower()})."
