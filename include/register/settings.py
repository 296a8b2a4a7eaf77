"""What the two connection types of the register have in common, with safe defaults where nothing is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from include.authority.address import Environment
from include.authority.fields import Fields, address
from include.authority.hosts import Hosts
from include.errors import ConfigurationError
from include.register.leaseholder import LeaseholderReader, Mark
from include.register.owners import OwnerVault, vault_or_none
from include.register.transport import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """How to reach a register. Times are seconds, `base_url` has no trailing slash.

    `bulk_size` is the number of vehicles in one question (the limit is unpublished, so a refused question is divided),
    `max_parallel` the number of questions at once, `absent_messages` the codes that mean "not found" (none is
    published: with none given, a code is never taken for "not found"). `vault` keeps owners; None drops them.
    `leaseholder_path` is where a vehicle shows its leaseholder; it is read only where `leaseholder_mark` is given.
    """

    environment: Environment
    base_url: str
    conn_id: str
    scope: str
    maskinporten_conn_id: str = "maskinporten"
    bulk_size: int = 100
    max_parallel: int = 8
    absent_messages: frozenset[str] = frozenset()
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    total_timeout: float = 120.0
    max_reply_bytes: int = 20_000_000
    vault: OwnerVault | None = field(default=None, repr=False)
    leaseholder_path: str = ""
    leaseholder_mark: Mark | None = field(default=None, repr=False)

    @property
    def kept(self) -> tuple[OwnerVault | None, LeaseholderReader | None]:
        """What is kept of people: owners in a vault, leaseholders as keyed hashes; usually neither."""
        mark, path = self.leaseholder_mark, self.leaseholder_path
        return self.vault, LeaseholderReader(path, mark) if mark is not None and path else None


def shared_settings(
    *, conn_id: str, host: str | None, port: int | None, extra: Mapping[str, Any], hosts: Hosts, scope: str
) -> dict[str, Any]:
    """The keyword arguments of `RegisterSettings` from a connection.

    Raises ConfigurationError with one sentence that names the connection and the field.
    """
    fields = Fields(conn_id, extra)
    environment = cast(Environment, fields.needed_choice("environment", ("test", "prod")))
    fields.refuse_unverified_tls()
    return {
        "environment": environment,
        "base_url": hosts.base_url(address(host, port), environment, conn_id=conn_id),
        "conn_id": conn_id,
        "scope": fields.text("scope") or scope,
        "maskinporten_conn_id": fields.text("maskinporten_conn_id") or "maskinporten",
        "bulk_size": int(fields.number("bulk_size", 100, low=1, high=10_000)),
        "max_parallel": int(fields.number("max_parallel", 8, low=1, high=64)),
        "absent_messages": _words(fields.text("absent_messages")),
        "connect_timeout": fields.number("connect_timeout", 5.0, low=0.1, high=60.0),
        "read_timeout": fields.number("read_timeout", 30.0, low=1.0, high=600.0),
        "total_timeout": fields.number("total_timeout", 120.0, low=1.0, high=900.0),
        "max_reply_bytes": int(fields.number("max_reply_bytes", 20_000_000, low=1_000, high=200_000_000)),
        "leaseholder_path": fields.text("leaseholder_path") or "",
        "vault": vault_or_none(
            purpose=fields.text("owner_purpose"), key=fields.text("owner_secret_key"), conn_id=conn_id
        ),
    }


def _words(text: str | None) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in (text or "").split(",") if word.strip())


def refuse_mixed_environments(settings: Reach, maskinporten_environment: str) -> None:
    """Raise ConfigurationError when a test token would go to production or the other way round."""
    if maskinporten_environment != settings.environment:
        raise ConfigurationError(
            f"Connection {settings.conn_id!r} is {settings.environment} but its Maskinporten connection "
            f"{settings.maskinporten_conn_id!r} is {maskinporten_environment}; test and prod are never mixed, so point "
            f"maskinporten_conn_id at a connection of {settings.environment}."
        )
