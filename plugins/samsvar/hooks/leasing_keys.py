"""The connection `leasing_keys`: the keys that leaseholders' numbers rest under, masked once they are read."""

from __future__ import annotations

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from include.errors import ConfigurationError
from include.leasing.settings import LeasingKeys, vault_settings
from include.leasing.vault import HOW
from samsvar.hooks.masking import mask, no_warning_about_short_values


class LeasingKeysHook(BaseHook):
    """Reads the connection: `keys` (the newest first), `lookup_key` and `keep_days` in its extra."""

    conn_name_attr = "leasing_keys_conn_id"
    default_conn_name = "leasing_keys"
    conn_type = "leasing_keys"
    hook_name = "Keys for leaseholders"

    def __init__(self, leasing_keys_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.leasing_keys_conn_id = leasing_keys_conn_id

    def settings(self) -> LeasingKeys:
        """The keys. Raises ConfigurationError when there is no such connection, or a field is wrong."""
        try:
            with no_warning_about_short_values():
                extra = self.get_connection(self.leasing_keys_conn_id).extra_dejson
        except AirflowNotFoundException:
            raise ConfigurationError(
                f"There is no connection {self.leasing_keys_conn_id}: create it with type leasing_keys, or set "
                f"AIRFLOW_CONN_{self.leasing_keys_conn_id.upper()}; {HOW}."
            ) from None
        settings = vault_settings(extra, conn_id=self.leasing_keys_conn_id)
        mask(settings.secrets())
        return settings

    def test_connection(self) -> tuple[bool, str]:
        """Whether the keys are keys."""
        try:
            vault = self.settings().vault()
        except ConfigurationError as error:
            return False, str(error)
        return True, f"The keys can be used; the newest is {vault.key_id}."
