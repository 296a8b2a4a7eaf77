"""Settings of connection type `vegvesen`: all that the authority's pages leave open is a field with a safe default.

Source of the defaults: the eCoC page of Statens vegvesen (scopes, hosts, request shapes). Limits, rates and the longest
processing time are published nowhere, so parallelism is modest and the settle time generous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from include.authority.address import Environment
from include.authority.fields import Fields, address
from include.errors import ConfigurationError
from include.vegvesen.deletion import MERKEKODE_PATH, checked_merkekode_path
from include.vegvesen.hosts import BASE_URLS, HOSTS, RESOURCES

RequestShape = Literal["object", "array"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VegvesenSettings:
    """How to reach the eCoC interface. Times are seconds; `base_url` has no trailing slash.

    `max_parallel` is the number of requests in flight from one client, `rate_per_second` the highest rate of one client
    (None: no limit), `settle_seconds` the longest the authority may process a message plus the lookup's lag.
    `ivi_versions` are the IVI versions it takes (None: every one there is). `delete_by_merkekode_path` is the form of
    a deletion by VIN and make, with `{vin}` and `{merkekode}` in it.
    """

    environment: Environment
    base_url: str
    conn_id: str = "vegvesen"
    maskinporten_conn_id: str = "maskinporten"
    scope: str = "svv:kjoretoy/ecoc"
    delegated_scope: str = "svv:kjoretoy/ecoc.delegert"
    resource: str | None = None
    request_shape: RequestShape = "object"
    max_parallel: int = 16
    rate_per_second: float | None = None
    settle_seconds: float = 300.0
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    total_timeout: float = 90.0
    max_reply_bytes: int = 1_000_000
    ivi_versions: frozenset[str] | None = None
    leasing_scope: str | None = None
    delete_by_merkekode_path: str = MERKEKODE_PATH


def settings_from_extra(
    *, conn_id: str, host: str | None, extra: Mapping[str, Any], port: int | None = None
) -> VegvesenSettings:
    """Settings from a connection's host and extra; blank fields take their default.

    Raises ConfigurationError with one sentence that names the connection and the field.
    """
    fields = Fields(conn_id, extra)
    environment = cast(Environment, fields.needed_choice("environment", ("test", "prod")))
    fields.refuse_unverified_tls()
    url = address((host or "").strip() or BASE_URLS[environment], port)
    read_timeout = fields.number("read_timeout", 60.0, low=1.0, high=600.0)
    connect_timeout = fields.number("connect_timeout", 5.0, low=0.1, high=60.0)
    return VegvesenSettings(
        environment=environment,
        base_url=HOSTS.base_url(url, environment, conn_id=conn_id),
        conn_id=conn_id,
        maskinporten_conn_id=fields.text("maskinporten_conn_id") or "maskinporten",
        scope=fields.text("scope") or "svv:kjoretoy/ecoc",
        delegated_scope=fields.text("delegated_scope") or "svv:kjoretoy/ecoc.delegert",
        resource=fields.text("resource") or RESOURCES[environment],
        request_shape=cast(RequestShape, fields.choice("request_shape", get_args(RequestShape)) or "object"),
        max_parallel=int(fields.number("max_parallel", 16, low=1, high=1024)),
        rate_per_second=fields.number("rate_per_second", 0.0, low=0.0, high=100_000.0) or None,
        settle_seconds=fields.number("settle_seconds", 300.0, low=0.0, high=86_400.0),
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        total_timeout=fields.number("total_timeout", connect_timeout + read_timeout + 25.0, low=1.0, high=900.0),
        max_reply_bytes=int(fields.number("max_reply_bytes", 1_000_000, low=1_000, high=50_000_000)),
        delete_by_merkekode_path=checked_merkekode_path(
            fields.text("delete_by_merkekode_path") or MERKEKODE_PATH, conn_id=conn_id
        ),
        leasing_scope=fields.text("leasing_scope"),
        ivi_versions=frozenset((fields.text("ivi_versions") or "").replace(",", " ").split()) or None,
    )


def refuse_mixed_environments(
    settings: VegvesenSettings, *, maskinporten_conn_id: str, maskinporten_environment: str
) -> None:
    """Raise ConfigurationError when a test token would go to production or the other way round."""
    if maskinporten_environment != settings.environment:
        raise ConfigurationError(
            f"Connection {settings.conn_id!r} is {settings.environment} but its Maskinporten connection "
            f"{maskinporten_conn_id!r} is {maskinporten_environment}; test and prod are never mixed, so point "
            f"maskinporten_conn_id at a connection of {settings.environment}."
        )
