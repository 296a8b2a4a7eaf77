"""The connection `leasing_keys`: the keys that leaseholders' numbers rest under, masked once they are read."""

from __future__ import annotations

from airflow.sdk import BaseHook

from include.errors import ConfigurationError
from include.leasing.settings import LeasingKeys, vault_settings
from include.leasing.vault import HOW
from samsvar.hooks.masking import mask
from samsvar.hooks.reading import reading


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
        with reading(self.leasing_keys_conn_id, "leasing_keys", f"; {HOW}"):
            extra = self.get_connection(self.leasing_keys_conn_id).extra_dejson
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
