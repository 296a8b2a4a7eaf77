"""A party's presentation files from the drop to the receipt, without Airflow: real SFTP and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from include.drop.drop import Drop
from include.journey.errand import Pace, Presented
from include.journey.present import present_party
from include.journey.present_check import Checked, Checking, check_taken
from include.journey.present_take import Taken, take_files, take_form
from include.journey.present_tell import Told, tell_party
from include.ledger.locks import party_lock
from include.ledger.sightings import name_party
from include.ledger.validating import record_validations
from include.ledger.warehouse import connect, now_of
from include.sandbox import Sandbox
from include.toll.answer import Fault
from include.toll.polling import Status
from tests.drivers.party import PartyDriver
from tests.drivers.told_customs import ToldCustoms

HEAD = "nivå;MRN;dokumentnummer;dokumenttype;postsekk;container;tollkontor;retter"
MRN = "23NO00000000000003"


def house(number: str, kind: str = "N740", mrn: str = MRN, office: str = "NO351001", corrects: str = "") -> str:
    return f"hus;{mrn};{number};{kind};;;{office};{corrects}"


def table(*lines: str) -> bytes:
    return ("\r\n".join([HEAD, *lines]) + "\r\n").encode("cp1252")


class Landing(PartyDriver):
    """One party's presentations, step by step."""

    def __init__(self, warehouse: str, sandbox: Sandbox, folder: Path) -> None:
        super().__init__(warehouse, sandbox, folder, id="nordfly", name="Nordfly AS", roles=["customs"])
        self.customs = ToldCustoms()
        self.checking = Checking(environment="test")
        (self.folder / "presentations").mkdir(parents=True)

    def put(self, name: str, content: bytes) -> None:
        (self.folder / "presentations" / name).write_bytes(content)

    def names(self, folder: str = "presentations") -> list[str]:
        return super().names(folder)

    def receipt(self, ending: str, part: str = "") -> str:
        (path,) = [one for one in (self.folder / "receipts").glob(f"*{ending}") if part in one.name]
        return path.read_text("utf-8-sig")

    def told(self, part: str = "") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.receipt(".presentation.json", part))
        return found

    def states(self) -> Counter[str]:
        return Counter(row["state"] for row in self.sql("SELECT state FROM ledger.presentation"))

    async def take(self) -> Taken:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")
            async with Drop(self.drop_settings) as drop:
                return await take_files(connection, drop, self.store, self.party, now=now_of(connection))

    def form(self, run: str, **cells: str) -> bool:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")
            return take_form(connection, self.store, self.party, run, cells, now=now_of(connection))

    def check(self) -> Checked:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            return check_taken(connection, self.store, self.party, self.checking)

    async def present(self, *, stop: asyncio.Event | None = None, try_number: int = 1) -> Presented:
        return await present_party(
            self.dsn,
            party=self.party.id,
            run_id=self.run,
            owner=self.owner(),
            pace=Pace(environment="test", max_parallel=4, total_timeout=5, settle_seconds=1),
            presenter=self.customs,
            stop=stop or asyncio.Event(),
            try_number=try_number,
        )

    async def tell(self) -> Told:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id, shared=True):
            async with Drop(self.drop_settings) as drop:
                return await tell_party(connection, drop, self.store, self.party, now=now_of(connection))

    async def whole(self, run: str | None = None) -> Told:
        self.run = run or f"run-of-{self.owner()}"
        await self.take()
        self.check()
        await self.present()
        return await self.tell()

    def time_passes(self) -> None:
        """Pauses are over too, and so are intents of tasks that ended."""
        super().time_passes()
        self.sql("UPDATE ledger.presentation SET repeat_at = now()")
        self.sql("UPDATE ledger.presentation SET settle_until = now() WHERE state = 'SENT'")

    def validate(self, word: str = "SUCCESS", only: Iterable[UUID] | None = None) -> None:
        """The status feed tells of everything that customs has taken."""
        statuses = [
            Status(str(one), word, datetime.now(UTC), () if word == "SUCCESS" else (Fault("mrn", "MRN finnes ikke"),),
                   MRN, b"{}")
            for one in (only or self.customs.taken)
        ]  # fmt: skip
        with connect(self.dsn) as connection:
            record_validations(connection, statuses)
            connection.commit()
