"""Settings of connection type `fiks`: base URL, integration id and password, and the organisation at KS Fiks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from include.authority.address import Environment
from include.authority.hosts import Hosts
from include.errors import ConfigurationError
from include.register.settings import RegisterSettings, shared_settings

SCOPE = "ks:fiks"
API = "/kjoretoyregister/api"


def _environment_of(host: str) -> Environment | None:
    if host.endswith(".fiks.test.ks.no"):
        return "test"
    return "prod" if host.endswith(".fiks.ks.no") else None


HOSTS = Hosts("KS Fiks", {"prod": "https://api.fiks.ks.no", "test": "https://api.fiks.test.ks.no"}, _environment_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiksSettings(RegisterSettings):
    """How to reach the register at KS Fiks. `integration_password` is hidden in repr and never logged."""

    integration_id: str
    integration_password: str = field(repr=False)
    fiks_org_id: str

    def secrets(self) -> tuple[str, ...]:
        """What must be masked in logs."""
        return (self.integration_password,)


def settings_from_connection(
    *,
    conn_id: str,
    host: str | None,
    port: int | None = None,
    login: str | None,
    password: str | None,
    extra: Mapping[str, Any],
    fiks_org_id: str | None = None,
) -> FiksSettings:
    """Settings from a connection; `fiks_org_id` is the party's own and goes before that of the connection.

    Raises ConfigurationError with one sentence that names the connection and the field, and repeats no secret.
    """
    shared = shared_settings(conn_id=conn_id, host=host, port=port, extra=extra, hosts=HOSTS, scope=SCOPE)
    shared["base_url"] = shared["base_url"].removesuffix(API)
    organisation = fiks_org_id or extra.get("fiks_org_id")
    return FiksSettings(
        **shared,
        integration_id=_uuid(login, conn_id, "login", "the integration id (IntegrasjonId)"),
        integration_password=_password(password, conn_id),
        fiks_org_id=_uuid(organisation, conn_id, "fiks_org_id", "the organisation's id at KS Fiks"),
    )


def _uuid(value: Any, conn_id: str, name: str, what: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    try:
        return str(UUID(text))
    except ValueError:
        raise ConfigurationError(
            f"Connection {conn_id!r}, field {name}: write {what}, a UUID as forvaltning.fiks.ks.no shows it."
        ) from None


def _password(value: str | None, conn_id: str) -> str:
    if not value or not value.strip():
        raise ConfigurationError(
            f"Connection {conn_id!r}, field password: the integration's password (IntegrasjonPassord) is missing."
        )
    if not (value.isascii() and value.isprintable()):
        raise ConfigurationError(
            f"Connection {conn_id!r}, field password: the integration's password holds characters that HTTP does not "
            "allow in a header; copy it again."
        )
    return value.strip()
