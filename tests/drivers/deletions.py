"""A party's deletions after its nights: asked for, approved by a named person, sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cached_property
from typing import Any

from include.journey import deleting
from include.journey.deleting import Deleted
from include.ledger import deletion_requests
from include.ledger.deletion_requests import Wish
from include.ledger.warehouse import connect
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.vegvesen.client import VegvesenClient
from include.vegvesen_register.client import VegvesenRegister
from tests.drivers.party import VegvesenDriver


class Deletions(VegvesenDriver):
    """What a party with accepted vehicles does about some of them, each step as its task does it."""

    asks = False
    """Whether the register is asked before documents are sent."""

    @cached_property
    def register(self) -> VegvesenRegister:
        return self.register_with(self.register_settings)

    @property
    def client(self) -> VegvesenClient:
        grant = Grant(scope=self.settings.scope, resource=self.settings.resource)
        return VegvesenClient(self.settings, TokenSource(self.maskinporten), grant)

    def turn(self, **changes: Any) -> None:
        """Other fields in the connection `vegvesen`."""
        self.settings = replace(self.settings, **changes)

    def ask_deletion(self, *keys: str, run: str = "del-1", merkekode: str | None = None) -> list[str]:
        """The form of ecoc_deletion up to the approval: the keys that a person has to approve."""
        wishes = [
            Wish(row_no=number, key=key, reason="Solgt til utlandet", merkekode=merkekode)
            for number, key in enumerate(keys, start=1)
        ]
        with connect(self.dsn) as connection:
            deletion_requests.ask(connection, self.party.id, wishes, asked_by="Kari Nordmann", run_id=run)
            offered = deletion_requests.offer(connection, self.party.id, self.party.sender, run)
        return [one.key for one in offered]

    def approve_deletion(self, run: str = "del-1", by: str = "Ola Nordmann") -> int:
        with connect(self.dsn) as connection:
            return deletion_requests.approve(connection, self.party.id, self.party.sender, run, by=by)

    async def delete(self, *, owner: str | None = None, stop: asyncio.Event | None = None) -> Deleted:
        """The task delete: sends what is approved and pending."""
        async with self.client as client:
            work = deleting.Work(
                party=self.party.id,
                owner=owner or self.owner(),
                settings=self.settings,
                sender=client,
                stop=stop or asyncio.Event(),
                register=self.register if self.asks else None,
            )
            return await deleting.delete_party(self.dsn, work)

    async def deleted(self, *keys: str, run: str = "del-1", **more: Any) -> Deleted:
        """Asked for, approved and sent."""
        self.ask_deletion(*keys, run=run, **more)
        self.approve_deletion(run)
        return await self.delete()

    def deletions(self) -> list[str]:
        """What the authority did with each deletion, in order, as it wrote it down."""
        return [line["result"] for line in self.sandbox.truth() if line["op"] == "slette"]

    def deletion(self) -> dict[str, Any]:
        """The newest deletion in the ledger."""
        (row,) = self.sql("SELECT * FROM ledger.submission WHERE operation = 'slette' ORDER BY n DESC LIMIT 1")
        return row
