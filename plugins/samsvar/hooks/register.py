"""Which register a party's vehicles are looked up in: the adapter whose connection exists, or none."""

from __future__ import annotations

import os
from typing import Literal, Protocol, cast

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from include.errors import ConfigurationError
from include.register.leaseholder import Mark
from include.register.port import Register
from samsvar.hooks.fiks import FiksHook
from samsvar.hooks.masking import no_warning_about_short_values
from samsvar.hooks.vegvesen_register import VegvesenRegisterHook

Use = Literal["auto", "fiks", "vegvesen_register", "none"]

SETTING = "SAMSVAR_REGISTER"
"""The environment variable that chooses for the installation: auto (also when blank), fiks, vegvesen_register, none."""


class _Connections(Protocol):
    @property
    def fiks(self) -> str: ...
    @property
    def vegvesen_register(self) -> str: ...


class HasRegister(Protocol):
    """What is read of a party; `include.config.party.Party` has it."""

    @property
    def connections(self) -> _Connections: ...
    @property
    def fiks_org_id(self) -> str | None: ...


def register_for(party: HasRegister, use: Use | None = None, leaseholders: Mark | None = None) -> Register | None:
    """The register for one party, to be closed after use; None when none is configured, and then a person decides.

    `use` (left out: the setting SAMSVAR_REGISTER) auto takes KS Fiks when its connection exists, else Statens
    vegvesen's own lookup. With `leaseholders` its vehicles carry who leases them, as that keyed hash. Raises
    ConfigurationError for a wrong setting, for a connection that it asks for by name and that does not exist, and for
    one that is wrong.
    """
    chosen = use or _setting()
    fiks, own = party.connections.fiks, party.connections.vegvesen_register
    if chosen == "none":
        return None
    if chosen in ("auto", "fiks") and _exists(fiks, needed=chosen == "fiks"):
        return FiksHook(fiks, fiks_org_id=party.fiks_org_id).register(leaseholders)
    if chosen in ("auto", "vegvesen_register") and _exists(own, needed=chosen == "vegvesen_register"):
        return VegvesenRegisterHook(own).register(leaseholders)
    return None


def _setting() -> Use:
    value = os.environ.get(SETTING, "").strip() or "auto"
    if value not in ("auto", "fiks", "vegvesen_register", "none"):
        raise ConfigurationError(f"{SETTING} is {value[:40]!r}; write auto, fiks, vegvesen_register or none.")
    return cast(Use, value)


def _exists(conn_id: str, *, needed: bool) -> bool:
    try:
        with no_warning_about_short_values():
            BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        if needed:
            raise ConfigurationError(
                f"There is no connection {conn_id}, which {SETTING} asks for; create it, or change the setting."
            ) from None
        return False
    return True
