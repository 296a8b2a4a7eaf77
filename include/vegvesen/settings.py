"""Settings of connection type `vegvesen`: all that the authority's pages leave open is a field with a safe default.

Source of the defaults: the eCoC page of Statens vegvesen (scopes, hosts, request shapes). Limits, rates and the longest
processing time are published nowhere, so parallelism is modest and the settle time generous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, cast

from include.errors import ConfigurationError
from include.vegvesen.deletion import MERKEKODE_PATH, checked_merkekode_path
from include.vegvesen.hosts import BASE_URLS, RESOURCES, Environment, checked_base_url

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
    if not isinstance(extra, Mapping):
        raise ConfigurationError(f'Connection {conn_id!r}: its extra is no JSON object; write it as {{"name": value}}.')
    fields = _Fields(conn_id, extra)
    environment = cast(Environment, fields.choice("environment", ("test", "prod"), None))
    fields.refuse_unverified_tls()
    url = (host or "").strip() or BASE_URLS[environment]
    if port is not None and not url.rstrip("/").endswith(f":{port}"):
        url = f"{url.rstrip('/')}:{port}"
    read_timeout = fields.number("read_timeout", 60.0, 1.0, 600.0)
    connect_timeout = fields.number("connect_timeout", 5.0, 0.1, 60.0)
    return VegvesenSettings(
        environment=environment,
        base_url=checked_base_url(url, environment, conn_id=conn_id),
        conn_id=conn_id,
        maskinporten_conn_id=fields.text("maskinporten_conn_id", "maskinporten"),
        scope=fields.text("scope", "svv:kjoretoy/ecoc"),
        delegated_scope=fields.text("delegated_scope", "svv:kjoretoy/ecoc.delegert"),
        resource=fields.text("resource", RESOURCES[environment]),
        request_shape=cast(RequestShape, fields.choice("request_shape", ("object", "array"), "object")),
        max_parallel=int(fields.number("max_parallel", 16, 1, 1024)),
        rate_per_second=fields.number("rate_per_second", 0.0, 0.0, 100_000.0) or None,
        settle_seconds=fields.number("settle_seconds", 300.0, 0.0, 86_400.0),
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        total_timeout=fields.number("total_timeout", connect_timeout + read_timeout + 25.0, 1.0, 900.0),
        max_reply_bytes=int(fields.number("max_reply_bytes", 1_000_000, 1_000, 50_000_000)),
        delete_by_merkekode_path=checked_merkekode_path(
            fields.text("delete_by_merkekode_path", MERKEKODE_PATH), conn_id=conn_id
        ),
        leasing_scope=fields.text("leasing_scope", "") or None,
        ivi_versions=frozenset(fields.text("ivi_versions", "").replace(",", " ").split()) or None,
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


class _Fields:
    """Reads one connection's extra; values from the form arrive as text, values from JSON as themselves."""

    def __init__(self, conn_id: str, extra: Mapping[str, Any]) -> None:
        self._conn_id = conn_id
        self._extra = extra

    def _given(self, name: str) -> Any:
        value = self._extra.get(name)
        return None if value is None or (isinstance(value, str) and not value.strip()) else value

    def _wrong(self, name: str, what: str) -> ConfigurationError:
        return ConfigurationError(f"Connection {self._conn_id!r}, extra field {name}: {what}.")

    def text(self, name: str, default: str) -> str:
        value = self._given(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self._wrong(name, "write it as text")
        return value.strip()

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None) -> str:
        value = self._given(name) if default is None else self._given(name) or default
        if value not in allowed:
            raise self._wrong(name, f"write one of {', '.join(allowed)}")
        return str(value)

    def number(self, name: str, default: float, lowest: float, highest: float) -> float:
        value = self._given(name)
        if value is None:
            return default
        try:
            number = float("nan") if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not isfinite(number) or not lowest <= number <= highest:
            raise self._wrong(name, f"write a number from {lowest:g} to {highest:g}")
        return number

    def refuse_unverified_tls(self) -> None:
        if str(self._extra.get("verify", True)).strip().lower() in ("false", "0", "no"):
            raise self._wrong("verify", "certificates are always verified; remove the field")
