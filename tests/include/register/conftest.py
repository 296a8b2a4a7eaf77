"""A running sandbox with its register, and both adapters over real sockets without Airflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from include.fiks.client import FiksRegister
from include.fiks.settings import settings_from_connection as fiks_settings
from include.maskinporten.grant import Grant
from include.maskinporten.settings import MaskinportenSettings, settings_from_extra
from include.maskinporten.source import TokenSource
from include.register.asking import Patience
from include.register.session_transport import SessionTransport, TokenAuth
from include.sandbox import SandboxThread
from include.sandbox.ivi_reading import Ivi
from include.sandbox.registry import OWN_ORGANISATION
from include.vegvesen_register.client import VegvesenRegister
from include.vegvesen_register.settings import settings_from_connection as own_settings


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with SandboxThread(tmp_path_factory.mktemp("register"), seed=7) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Any) -> Any:
    """One sandbox for all tests, each of which finds it as new."""
    running.sandbox._control._reset({})
    running.vehicles.clear()
    return running


@pytest.fixture
def put(sandbox: Any) -> Callable[..., Any]:
    """Puts a vehicle into the register, as `opprette` does."""

    def create(vin: str, *, make: str = "VOLVO", sender: str = OWN_ORGANISATION, code: str = "101") -> Any:
        ivi = Ivi(f"ref-{vin}-{make}", vin, make, "e6*2007/46*0289*09", "VAR1", "VER2", False)
        vehicle, _ = sandbox.vehicles.create(sender, ivi, "0" * 64, code)
        return vehicle

    return create


@pytest.fixture(scope="session")
def maskinporten(running: Any) -> MaskinportenSettings:
    connection = running.connections["maskinporten"]
    return settings_from_extra(
        conn_id="maskinporten", host=connection["host"], login=connection["login"], extra=connection["extra"]
    )


@pytest.fixture
def source(maskinporten: MaskinportenSettings) -> TokenSource:
    return TokenSource(maskinporten)


@pytest.fixture
def opened() -> Iterator[list[Any]]:
    registers: list[Any] = []
    yield registers
    for one in registers:
        one.close()


def transport(settings: Any, source: TokenSource) -> SessionTransport:
    session = requests.Session()
    session.mount(
        "http://", HTTPAdapter(pool_connections=1, pool_maxsize=settings.max_parallel, max_retries=0, pool_block=True)
    )
    return SessionTransport(session, TokenAuth(source, Grant(scope=settings.scope)), settings)


@pytest.fixture
def naps() -> list[float]:
    """The pauses that were taken; nobody waits for them."""
    return []


@pytest.fixture
def fiks(sandbox: Any, source: TokenSource, opened: list[Any], naps: list[float]) -> Callable[..., FiksRegister]:
    """The adapter for KS Fiks; arguments change its settings, `extra` those of the connection."""

    def make(extra: dict[str, Any] | None = None, **changes: Any) -> FiksRegister:
        connection = sandbox.connections["fiks"]
        settings = fiks_settings(
            conn_id="fiks",
            host=connection["host"],
            login=connection["login"],
            password=connection["password"],
            extra=connection["extra"] | (extra or {}),
        )
        settings = replace(settings, **changes)
        opened.append(FiksRegister(settings, transport(settings, source), patience=Patience(sleep=naps.append)))
        return opened[-1]

    return make


@pytest.fixture
def own(sandbox: Any, source: TokenSource, opened: list[Any], naps: list[float]) -> Callable[..., VegvesenRegister]:
    """The adapter for Statens vegvesen's own lookup."""

    def make(extra: dict[str, Any] | None = None, **changes: Any) -> VegvesenRegister:
        connection = sandbox.connections["vegvesen_register"]
        settings = own_settings(
            conn_id="vegvesen_register", host=connection["host"], extra=connection["extra"] | (extra or {})
        )
        settings = replace(settings, **changes)
        opened.append(VegvesenRegister(settings, transport(settings, source), patience=Patience(sleep=naps.append)))
        return opened[-1]

    return make


@pytest.fixture
def adapter(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """One of the two adapters, by name."""

    def make(name: str, *arguments: Any, **changes: Any) -> Any:
        return request.getfixturevalue(name)(*arguments, **changes)

    return make
