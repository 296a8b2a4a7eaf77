"""The connection `leasing_keys`: the keys that seal leaseholders, and how long they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.authority.fields import Fields
from include.leasing.vault import Vault

KEEP_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class LeasingKeys:
    """`keys` are Fernet keys, the newest first; `keep_days` count from the decision about a change."""

    conn_id: str
    keys: tuple[str, ...] = field(repr=False)
    lookup_key: str = field(repr=False)
    keep_days: float = KEEP_DAYS

    def vault(self) -> Vault:
        """The vault. Raises ConfigurationError for what is no key."""
        return Vault(keys=self.keys, lookup_key=self.lookup_key, conn_id=self.conn_id)

    def secrets(self) -> list[str]:
        """What is to be masked in logs."""
        return [*self.keys, self.lookup_key]


def vault_settings(extra: Mapping[str, Any], *, conn_id: str) -> LeasingKeys:
    """Settings from a connection's extra. Raises ConfigurationError naming connection and field, never a value."""
    fields = Fields(conn_id, extra)
    keys = tuple((fields.text("keys") or "").replace(",", " ").split())
    return LeasingKeys(
        conn_id=conn_id,
        keys=keys,
        lookup_key=fields.text("lookup_key") or "",
        keep_days=fields.number("keep_days", KEEP_DAYS, low=0.0, high=3650.0),
    )
