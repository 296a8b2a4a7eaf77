"""What every driver of a party's work has: its drop, its warehouse, and the authorities' sandbox.

Like in Airflow, each step of a driver opens and closes its own connections, so any of them may be run again, side by
side, or be cancelled. What really happened is asked of the sandbox's truth log, never of our own ledger.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import requests

from include.config.party import Party
from include.drop.settings import settings_from_connection
from include.ledger.content import ContentStore
from include.ledger.warehouse import connect
from include.maskinporten import settings as maskinporten_settings
from include.maskinporten.grant import Grant
from include.maskinporten.settings import MaskinportenSettings
from include.maskinporten.source import TokenSource
from include.register.asking import Patience
from include.register.session_transport import SessionTransport, TokenAuth
from include.sandbox import Sandbox
from include.sandbox.faults import FaultKind, FaultPlan, Latency
from include.vegvesen import settings as vegvesen_settings
from include.vegvesen_register.client import VegvesenRegister
from include.vegvesen_register.settings import VegvesenRegisterSettings
from include.vegvesen_register.settings import settings_from_connection as register_settings_from


class Hurried:
    """The module asyncio with sleeps cut short: stands in for it where a test need not sit out the pauses."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 50)


def maskinporten_of(sandbox: Sandbox) -> MaskinportenSettings:
    found = sandbox.connections["maskinporten"]
    return maskinporten_settings.settings_from_extra(
        conn_id="maskinporten", host=found["host"], login=found["login"], extra=found["extra"]
    )


class PartyDriver:
    """One party; `block` is its block in parties.yaml. `run` names the current run."""

    def __init__(self, warehouse: str, sandbox: Sandbox, folder: Path, **block: Any) -> None:
        self.dsn = warehouse
        self.sandbox = sandbox
        self.store = ContentStore(str(folder / "store"))
        self.run = "run-1"
        self._tries = count(1)
        known = {"id": "nordbil", "name": "Nordbil Import AS", "organisation_number": "310000019", "upload": "rename"}
        self.party = Party.model_validate(known | block)
        login = {key: value for key, value in sandbox.connections["ecoc_sftp"].items() if key != "conn_type"}
        self.drop_settings = settings_from_connection(conn_id="ecoc_sftp", **login)

    def configure(self, **changes: Any) -> None:
        """Another block in parties.yaml for the same party."""
        self.party = Party.model_validate(self.party.model_dump() | changes)

    @property
    def folder(self) -> Path:
        """The party's own folder in the drop."""
        return self.sandbox.drop_root / self.party.drop

    def names(self, folder: str = "inbox") -> list[str]:
        """Every file below a folder of the drop, by its name alone."""
        return sorted(path.name for path in (self.folder / folder).rglob("*") if not path.is_dir())

    def contents(self, folder: str) -> dict[str, bytes]:
        """Every regular file below a folder of the drop, by its name alone."""
        return {path.name: path.read_bytes() for path in (self.folder / folder).rglob("*") if path.is_file()}

    def sql(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with connect(self.dsn) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str, *parameters: Any) -> Any:
        (row,) = self.sql(query, *parameters)
        (value,) = row.values()
        return value

    def time_passes(self) -> None:
        """The rest after a stop is over, and so are the leases of tasks that were killed."""
        self.sql("UPDATE ledger.run_gate SET until = now()")
        self.sql("UPDATE ledger.lease SET until = now()")

    def owner(self) -> str:
        """Every try has an owner of its own."""
        return f"try-{next(self._tries)}"


class VegvesenDriver(PartyDriver):
    """A party that sends to Statens vegvesen, whose sandbox can be told to go wrong."""

    def __init__(self, warehouse: str, sandbox: Sandbox, folder: Path, **block: Any) -> None:
        super().__init__(warehouse, sandbox, folder, **block)
        found = sandbox.connections["vegvesen"]
        self.settings = vegvesen_settings.settings_from_extra(
            conn_id="vegvesen", host=found["host"], extra=found["extra"] | {"settle_seconds": 1, "read_timeout": 5}
        )
        self.maskinporten = maskinporten_of(sandbox)

    @property
    def posts(self) -> int:
        """Requests that reached the authority's port so far, whatever became of them."""
        return self.sandbox.services["vegvesen"].requests

    def fault(self, *kinds: str, **options: Any) -> None:
        """The next requests to the authority go wrong, one after the other."""
        plan = {self.posts + number: FaultKind(kind) for number, kind in enumerate(kinds, start=1)}
        self.sandbox.knobs.faults["vegvesen"] = FaultPlan(at=plan, **options)

    def outage(self, kind: str, **options: Any) -> None:
        """Every request goes wrong until `heal`."""
        self.sandbox.knobs.faults["vegvesen"] = FaultPlan(rates={FaultKind(kind): 1.0}, **options)

    def slow(self, seconds: float, service: str = "vegvesen") -> None:
        self.sandbox.knobs.latency[service] = Latency(seconds)

    def heal(self) -> None:
        """The authority works again, and time passed."""
        self.sandbox.knobs.faults.clear()
        self.sandbox.knobs.latency.clear()
        self.time_passes()

    @cached_property
    def register_settings(self) -> VegvesenRegisterSettings:
        found = self.sandbox.connections["vegvesen_register"]
        return register_settings_from(
            conn_id="vegvesen_register", host=found["host"], extra=found["extra"] | {"read_timeout": 2}
        )

    def register_with(self, settings: VegvesenRegisterSettings) -> VegvesenRegister:
        """Statens vegvesen's own lookup; waits for nothing between its tries."""
        auth = TokenAuth(TokenSource(self.maskinporten), Grant(scope=settings.scope))
        transport = SessionTransport(requests.Session(), auth, settings)
        return VegvesenRegister(settings, transport, patience=Patience(sleep=lambda _: None))
