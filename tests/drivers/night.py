"""One party's nights: collect, plan, validate, submit, file away and reconcile without Airflow."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from include.drop.drop import Drop
from include.ivi.samples import sample
from include.journey.baseline import Asking
from include.journey.collect import Collected, collect
from include.journey.file_away import Filed, file_lot
from include.journey.flight import Work
from include.journey.reconcile import Reconciled, reconcile
from include.journey.resolve import Resolved, resolve_party
from include.journey.submit import Submitted, open_lot, submit_lot
from include.journey.validate import Validated, circumstances_of, validate_lot
from include.ledger import lots
from include.ledger.locks import party_lock
from include.ledger.lots import Lot
from include.ledger.refused import RefusedSelection, send_again
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect, now_of
from include.sandbox import Sandbox
from tests.drivers.deletions import Deletions
from tests.drivers.flights import Flights

CREATED = "KJORETOY_OPPRETTET"
#: The type approval that the authority has not opened in the fixture `closed`.
CLOSED = "e6*2007/46*0289*09"


class Night(Deletions):
    """A party's nights, step by step or whole, and its deletions after them.

    Everything that a step takes in Airflow is an attribute here; a step for a lot takes its number.
    """

    def __init__(self, warehouse: str, sandbox: Sandbox, folder: Path) -> None:
        super().__init__(warehouse, sandbox, folder, avgift={"default": "101"})
        self.inbox.mkdir(parents=True, exist_ok=True)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def put(self, name: str | bytes, content: bytes | None = None, **of_sample: Any) -> bytes:
        """Uploads a file as a well-behaved importer does; without content it is the sample of these arguments."""
        content = sample(**of_sample) if content is None else content
        path = os.fsencode(self.inbox) + b"/" + (name.encode() if isinstance(name, str) else name)
        part = Path(os.fsdecode(path + b".part"))
        part.write_bytes(content)
        part.rename(os.fsdecode(path))
        return content

    def put_many(self, numbers: range) -> dict[int, bytes]:
        return {number: self.put(f"{number}.xml", number=number) for number in numbers}

    def states(self) -> dict[str, str]:
        """File or member name to exact state, of the newest sighting of that name."""
        rows = self.sql("SELECT name, member, state FROM ledger.sighting_status ORDER BY id")
        return {row["member"] or row["name"]: row["state"] for row in rows}

    def submissions(self) -> Counter[str]:
        """How many submissions are in each state; a deletion is one too."""
        return Counter(row["state"] for row in self.sql("SELECT state FROM ledger.submission"))

    def truth(self) -> Counter[str]:
        """How often each content created a vehicle, by SHA-256, as the authority wrote it down."""
        lines = self.sandbox.truth()
        return Counter(line["sha256"] for line in lines if line["op"] == "opprette" and line["result"] == CREATED)

    def watch(self, seconds: float) -> Flights:
        watching: Any = Flights(self.sandbox.services["vegvesen"], seconds)
        self.sandbox.knobs.latency["vegvesen"] = watching
        return watching

    async def until_posts(self, number: int) -> None:
        """Waits until so many requests are at the authority."""
        async with asyncio.timeout(10):
            while self.posts < number:
                await asyncio.sleep(0.01)

    async def collect(self) -> Collected:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")
            async with Drop(self.drop_settings) as drop:
                return await collect(connection, drop, self.store, self.party, now=now_of(connection))

    def plan(self) -> list[Lot]:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            planned = lots.plan(connection, self.party.id, self.run, self.party.lot_size)
            connection.commit()
            return planned

    def validate(self, lot: int = 1) -> Validated:
        with connect(self.dsn) as connection:
            return validate_lot(
                connection,
                self.store,
                self.party,
                run_id=self.run,
                lot_no=lot,
                label=f"lot {lot}",
                circumstances=circumstances_of(
                    self.party, environment="test", today=date.today(), versions=self.settings.ivi_versions
                ),
            )

    def open(self, lot: int = 1) -> int:
        with connect(self.dsn) as connection:
            return open_lot(connection, self.party, self.run, lot)

    async def send(
        self, lot: int = 1, *, owner: str | None = None, stop: asyncio.Event | None = None, try_number: int = 1
    ) -> Submitted:
        """Sends what is pending; every try has an owner of its own unless one is named."""
        async with self.client as client:
            return await submit_lot(
                self.dsn,
                work=Work(self.party.id, self.run, lot, owner or self.owner(), try_number),
                label=f"lot {lot}",
                settings=self.settings,
                sender=client,
                store=self.store,
                stop=stop or asyncio.Event(),
                asking=Asking(self.register, every=self.party.baseline) if self.asks else None,
            )

    def settle(self) -> None:
        """The time to settle is over, and so is every pause between two lookups."""
        self.sql(
            "UPDATE ledger.submission SET settle_until = now(), look_again_at = NULL WHERE state IN ('SENT', 'UNKNOWN')"
        )

    async def resolve(self, register: Any = ...) -> Resolved:
        """A round of ecoc_resolution for this party; `register` None: none is configured."""
        register = self.register if register is ... else register

        def blocking() -> Resolved:
            with connect(self.dsn) as connection:
                return resolve_party(connection, self.party.id, register)

        return await asyncio.to_thread(blocking)

    def state_of(self, name: str) -> dict[str, Any]:
        """What the analysts' relation says of one file."""
        (row,) = self.sql("SELECT * FROM mart.ecoc_document WHERE file_name = %s", name)
        return row

    async def submit(self, lot: int = 1) -> Submitted:
        """The task: opens what is valid, then sends what is pending."""
        self.open(lot)
        return await self.send(lot)

    async def file(self, lot: int = 1) -> Filed:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id, shared=True):
            async with Drop(self.drop_settings) as drop:
                return await file_lot(
                    connection,
                    drop,
                    self.store,
                    self.party,
                    run_id=self.run,
                    lot_no=lot,
                    label=f"lot {lot}",
                    now=now_of(connection),
                )

    def reconcile(self) -> Reconciled:
        with connect(self.dsn) as connection:
            return reconcile(connection, self.party, self.run)

    async def through_validation(self) -> list[Lot]:
        """Collected, planned, validated and opened: everything short of sending."""
        await self.collect()
        planned = self.plan()
        for lot in planned:
            self.validate(lot.lot)
            self.open(lot.lot)
        return planned

    async def through_sending(self) -> None:
        await self.through_validation()
        await self.send()

    def send_again(self, **chosen: str) -> int:
        """The form *send refused again*: how many documents it chose."""
        with connect(self.dsn) as connection:
            found = send_again(connection, self.party.id, "again", RefusedSelection(**chosen))
            connection.commit()
            return found

    async def whole(self, run: str | None = None) -> Reconciled:
        """A whole run, its lots one after the other; the sums must add up at its end."""
        self.run = run or self.run
        for lot in await self.through_validation():
            await self.send(lot.lot)
            await self.file(lot.lot)
        result = self.reconcile()
        result.raise_if_broken()
        return result
