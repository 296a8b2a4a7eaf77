"""A leasing company's runs, step by step or whole; everything a task takes is an attribute."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from include.drop.drop import Drop
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
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.sandbox import Sandbox
from include.vegvesen.client import VegvesenClient
from include.vegvesen_register.client import VegvesenRegister
from tests.drivers.party import VegvesenDriver

FIRKANT = ("63888700414", "Firkant")
TREKANT = ("41898010188", "Trekant")
DONE = ("LEASINGTAKER_OPPRETTET", "LEASINGTAKER_AVSLUTTET")


class Leasing(VegvesenDriver):
    """One party with role leasing."""

    FIRKANT, TREKANT = FIRKANT, TREKANT

    def __init__(self, warehouse: str, sandbox: Sandbox, folder: Path) -> None:
        super().__init__(warehouse, sandbox, folder, roles=["leasing"], language="en")
        self.keys = vault_settings(sandbox.connections["leasing_keys"]["extra"], conn_id="leasing_keys")
        self.vault = self.keys.vault()
        self.inbox.mkdir(parents=True)

    @property
    def inbox(self) -> Path:
        return self.folder / "leasing"

    def put(self, name: str, *rows: tuple[str, ...], content: bytes | None = None) -> bytes:
        """A CSV with rows (handling, plate, number, surname); an organisation has nine digits and no surname."""
        lines = ["handling;kjennemerke;fodselsnummer;organisasjonsnummer;etternavn"]
        for handling, plate, *who in rows:
            number, surname = (*who, "", "")[:2]
            person, organisation = ("", number) if len(number) == 9 else (number, "")
            lines.append(f"{handling};{plate};{person};{organisation};{surname}")
        content = "\n".join(lines).encode() if content is None else content
        (self.inbox / name).write_bytes(content)
        return content

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
                work=LeasingWork(self.party.id, self.run, owner or self.owner()),
                settings=settings,
                sender=client,
                vault=self.vault,
                stop=stop or asyncio.Event(),
            )

    def register(self, *, shows: bool = True) -> VegvesenRegister:
        """`shows`: whether the connection says where a vehicle shows who leases it."""
        if not shows:
            return self.register_with(self.register_settings)
        mark = replace(
            self.register_settings, leaseholder_mark=lambda kind, number: holder_mark(self.vault, kind, number)
        )
        return self.register_with(mark)

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
        return {path.name: path.read_text("utf-8") for path in sorted((self.folder / "receipts").glob("*"))}
