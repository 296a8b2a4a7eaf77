"""A leasing company's runs, step by step or whole, against the sandbox; everything a task takes is an attribute."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.settings import settings_from_connection
from include.journey.leasing import submit
from include.journey.leasing.collect import Taken, collect
from include.journey.leasing.file_away import FiledChanges, file_changes
from include.journey.leasing.forget import Forgotten, forget
from include.journey.leasing.settle import SettledChanges, settle_changes
from include.journey.leasing.submit import LeasingWork, Sent, submit_changes
from include.leasing.change import holder_mark
from include.leasing.settings import vault_settings
from include.ledger.locks import party_lock
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect
from include.maskinporten import settings as maskinporten_settings
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.register.asking import Patience
from include.register.session_transport import SessionTransport, TokenAuth
from include.sandbox import Sandbox
from include.sandbox.faults import FaultKind, FaultPlan, Latency
from include.sandbox.keys import KeyRing
from include.vegvesen import settings as vegvesen_settings
from include.vegvesen.client import VegvesenClient
from include.vegvesen_register import settings as register_settings
from include.vegvesen_register.client import VegvesenRegister

FIRKANT = ("63888700414", "Firkant")
TREKANT = ("41898010188", "Trekant")
DONE = ("LEASINGTAKER_OPPRETTET", "LEASINGTAKER_AVSLUTTET")


class Leasing:
    """One party with role leasing."""

    FIRKANT, TREKANT = FIRKANT, TREKANT

    def __init__(self, warehouse: str, sandbox: Sandbox) -> None:
        self.dsn, self.sandbox = warehouse, sandbox
        self.party = Party.model_validate(
            {
                "id": "nordbil",
                "name": "Nordbil Import AS",
                "organisation_number": "310000019",
                "roles": ["leasing"],
                "upload": "rename",
                "language": "en",
            }
        )
        connections = sandbox.connections
        found = connections["vegvesen"]
        self.settings = vegvesen_settings.settings_from_extra(
            conn_id="vegvesen", host=found["host"], extra=found["extra"] | {"settle_seconds": 1, "read_timeout": 5}
        )
        found = connections["maskinporten"]
        self.maskinporten = maskinporten_settings.settings_from_extra(
            conn_id="maskinporten", host=found["host"], login=found["login"], extra=found["extra"]
        )
        self.drop_settings = settings_from_connection(
            conn_id="ecoc_sftp", **{key: value for key, value in connections["ecoc_sftp"].items() if key != "conn_type"}
        )
        self.keys = vault_settings(connections["leasing_keys"]["extra"], conn_id="leasing_keys")
        self.vault = self.keys.vault()
        self.run = "run-1"
        self._tries = count(1)
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def root(self) -> Path:
        return self.sandbox.drop_root / self.party.drop

    @property
    def folder(self) -> Path:
        return self.root / "leasing"

    def put(self, name: str, *rows: tuple[str, ...], content: bytes | None = None) -> bytes:
        """A CSV with rows (handling, plate, number, surname); an organisation has nine digits and no surname."""
        lines = ["handling;kjennemerke;fodselsnummer;organisasjonsnummer;etternavn"]
        for handling, plate, *who in rows:
            number, surname = (*who, "", "")[:2]
            person, organisation = ("", number) if len(number) == 9 else (number, "")
            lines.append(f"{handling};{plate};{person};{organisation};{surname}")
        content = "\n".join(lines).encode() if content is None else content
        (self.folder / name).write_bytes(content)
        return content

    def sql(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with connect(self.dsn) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def states(self) -> dict[int, str]:
        """State by row number of the newest file, and so on backwards: by change id."""
        return {row["id"]: row["state"] for row in self.sql("SELECT id, state FROM ledger.leasing_change ORDER BY id")}

    def ends(self) -> list[str]:
        return list(self.states().values())

    def truth(self) -> Counter[tuple[str, str, str]]:
        """(op, plate, mark) → how often it took effect, as the authority wrote it down."""
        lines = [line for line in self.sandbox.truth() if line["result"] in DONE]
        return Counter((line["op"], line["ref"], line["sha256"]) for line in lines)

    @property
    def doubled(self) -> int:
        return sum(1 for line in self.sandbox.truth() if line["result"] in DONE and line["count"] > 1)

    @property
    def posts(self) -> int:
        return self.sandbox.services["vegvesen"].requests

    def fault(self, *kinds: str, **options: Any) -> None:
        plan = {self.posts + number: FaultKind(kind) for number, kind in enumerate(kinds, start=1)}
        self.sandbox.knobs.faults["vegvesen"] = FaultPlan(at=plan, **options)

    def slow(self, seconds: float) -> None:
        self.sandbox.knobs.latency["vegvesen"] = Latency(seconds)

    def heal(self) -> None:
        self.sandbox.knobs.faults.clear()
        self.sandbox.knobs.latency.clear()
        self.sql("UPDATE ledger.lease SET until = now()")

    async def collect(self) -> Taken:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")
            async with Drop(self.drop_settings) as drop:
                return await collect(connection, drop, self.party, self.vault, self.settings.environment)

    async def send(self, *, stop: asyncio.Event | None = None, owner: str | None = None) -> Sent:
        settings = self.settings
        grant = Grant(scope=str(settings.leasing_scope), resource=settings.resource)
        async with VegvesenClient(settings, TokenSource(self.maskinporten), grant) as client:
            return await submit_changes(
                self.dsn,
                work=LeasingWork(self.party.id, self.run, owner or f"try-{next(self._tries)}"),
                settings=settings,
                sender=client,
                vault=self.vault,
                stop=stop or asyncio.Event(),
            )

    def register(self, *, shows: bool = True) -> VegvesenRegister:
        found = self.sandbox.connections["vegvesen_register"]
        settings = register_settings.settings_from_connection(
            conn_id="vegvesen_register", host=found["host"], extra=found["extra"] | {"read_timeout": 2}
        )
        if shows:
            settings = replace(settings, leaseholder_mark=lambda kind, number: holder_mark(self.vault, kind, number))
        auth = TokenAuth(TokenSource(self.maskinporten), Grant(scope=settings.scope))
        transport = SessionTransport(requests.Session(), auth, settings)
        return VegvesenRegister(settings, transport, patience=Patience(sleep=lambda _: None))

    def over(self) -> None:
        """The time to settle is over, and so is every pause between two lookups."""
        self.sql(
            "UPDATE ledger.leasing_change SET settle_until = now(), look_again_at = NULL "
            "WHERE state IN ('SENT', 'UNKNOWN')"
        )

    async def settle(self, register: Any = ...) -> SettledChanges:
        self.over()
        register = self.register() if register is ... else register

        def blocking() -> SettledChanges:
            with connect(self.dsn) as connection:
                return settle_changes(connection, self.party.id, register)

        return await asyncio.to_thread(blocking)

    async def file(self) -> FiledChanges:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            async with Drop(self.drop_settings) as drop:
                return await file_changes(connection, drop, self.party, self.vault)

    async def forget(self, keep_days: float = 0.0) -> Forgotten:
        with connect(self.dsn) as connection:
            async with Drop(self.drop_settings) as drop:
                return await forget(connection, drop, self.party, self.vault, keep_days=keep_days)

    async def whole(self) -> Sent:
        await self.collect()
        sent = await self.send()
        await self.file()
        return sent

    def receipts(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in sorted((self.root / "receipts").glob("*"))}


class _Hurried:
    """The module asyncio with sleeps cut short."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 50)


@pytest.fixture
async def leasing(
    warehouse: str, authority_keys: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Leasing]:
    """A party with an empty folder, a fresh warehouse and an authority that works."""
    monkeypatch.setattr(submit, "asyncio", _Hurried())
    folder, pairs = authority_keys
    shutil.copytree(folder, tmp_path / "sandbox" / "keys")
    monkeypatch.setattr(KeyRing, "pair", lambda _, name: pairs[name])
    async with Sandbox(tmp_path / "sandbox", seed=7) as sandbox:
        yield Leasing(warehouse, sandbox)
