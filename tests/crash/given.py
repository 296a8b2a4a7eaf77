"""What every sender process makes of its orders: settings of the connections, and how one step of it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import requests

from include.drop.settings import DropSettings, settings_from_connection
from include.errors import SamsvarError
from include.maskinporten import settings as maskinporten_settings
from include.maskinporten.grant import Grant
from include.maskinporten.settings import MaskinportenSettings
from include.maskinporten.source import TokenSource
from include.register.asking import Patience
from include.register.session_transport import SessionTransport, TokenAuth
from include.vegvesen import settings as vegvesen_settings
from include.vegvesen.settings import VegvesenSettings
from include.vegvesen_register import settings as register_settings
from include.vegvesen_register.client import VegvesenRegister
from tests.crash.orders import Orders

#: Exit status of a process that ended with one of our own errors, as a red task does.
RED = 3


_known: dict[bytes, MaskinportenSettings] = {}


def maskinporten(orders: Orders) -> MaskinportenSettings:
    """The client that asks for tokens. Its key is read once: the nursery has it ready for every process it forks."""
    found = orders.connections["maskinporten"]
    name = orjson.dumps(found)
    if name not in _known:
        _known[name] = maskinporten_settings.settings_from_extra(
            conn_id="maskinporten", host=found["host"], login=found["login"], extra=found["extra"]
        )
    return _known[name]


def vegvesen(orders: Orders) -> VegvesenSettings:
    """The authority, with what the orders change of it."""
    found = orders.connections["vegvesen"]
    settings = vegvesen_settings.settings_from_extra(conn_id="vegvesen", host=found["host"], extra=found["extra"])
    return replace(settings, **orders.settings)


def drop(orders: Orders) -> DropSettings:
    """The party's drop."""
    login = {name: value for name, value in orders.connections["ecoc_sftp"].items() if name != "conn_type"}
    return settings_from_connection(conn_id="ecoc_sftp", **login)


def register(orders: Orders, leaseholder_mark: Callable[[str, str], str] | None = None) -> VegvesenRegister:
    """Statens vegvesen's own lookup; waits for nothing between its tries."""
    found = orders.connections["vegvesen_register"]
    extra = found["extra"] | {"read_timeout": 5}
    settings = register_settings.settings_from_connection(conn_id="vegvesen_register", host=found["host"], extra=extra)
    settings = replace(settings, leaseholder_mark=leaseholder_mark)
    auth = TokenAuth(TokenSource(maskinporten(orders)), Grant(scope=settings.scope))
    transport = SessionTransport(requests.Session(), auth, settings)
    return VegvesenRegister(settings, transport, patience=Patience(sleep=lambda _: None))


def tried(orders: Orders, step: str, task: Callable[[], Any]) -> int:
    """0, or RED where the task ended with one of our own errors, whose sentence is printed."""
    try:
        task()
    except SamsvarError as error:
        print(f"{orders.run} {step}: {type(error).__name__}: {error}", flush=True)
        return RED
    return 0
