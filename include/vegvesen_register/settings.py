"""Settings of connection type `vegvesen_register`. It holds no secret but a key for owners, where those are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from include.authority.fields import Fields
from include.authority.hosts import Hosts
from include.register.settings import RegisterSettings, shared_settings
from include.vegvesen.hosts import environment_of

SCOPE = "svv:kjoretoy/kjoretoyopplysninger"

HOSTS = Hosts(
    "Statens vegvesen",
    {
        "prod": "https://akfell-datautlevering.atlas.vegvesen.no",
        "test": "https://akfell-datautlevering-sisdinky.utv.atlas.vegvesen.no",
    },
    environment_of,
)

ItemShape = Literal["object", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VegvesenRegisterSettings(RegisterSettings):
    """How to reach the lookup. `item_shape`: whether an item of a bulk question is an object or plain text."""

    item_shape: ItemShape = "object"


def settings_from_connection(
    *, conn_id: str, host: str | None, port: int | None = None, extra: Mapping[str, Any]
) -> VegvesenRegisterSettings:
    """Settings from a connection. Raises ConfigurationError that names the connection and the field."""
    shared = shared_settings(conn_id=conn_id, host=host, port=port, extra=extra, hosts=HOSTS, scope=SCOPE)
    shape = Fields(conn_id, extra).choice("item_shape", ("object", "text")) or "object"
    return VegvesenRegisterSettings(**shared, item_shape=cast(ItemShape, shape))
