"""A sender process of changes of leaseholders: one run of one party with the journey's own functions."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

from include.config.party import Party
from include.drop.drop import Drop
from include.journey.leasing.collect import collect
from include.journey.leasing.file_away import file_changes
from include.journey.leasing.settle import settle_changes
from include.journey.leasing.submit import LeasingWork, submit_changes
from include.leasing.change import holder_mark
from include.leasing.settings import vault_settings
from include.ledger.locks import party_lock
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.vegvesen.client import VegvesenClient
from tests.crash import given
from tests.crash.given import RED
from tests.crash.orders import Orders

#: The tasks of `leasing_changes` for one party, in their order.
STEPS = ("settle", "collect", "send", "file")


class Leaser:
    """The tasks of one run, one after the other; each opens and closes its own connections."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.party = Party.model_validate(orders.party)
        self.settings, self.drop = given.vegvesen(orders), given.drop(orders)
        self.vault = vault_settings(orders.connections["leasing_keys"]["extra"], conn_id="leasing_keys").vault()

    def settle(self) -> None:
        register = given.register(self.orders, lambda kind, number: holder_mark(self.vault, kind, number))
        with contextlib.closing(register), connect(self.orders.dsn) as connection:
            settle_changes(connection, self.party.id, register)

    def collect(self) -> None:
        with connect(self.orders.dsn) as connection, party_lock(connection, f"{self.party.id}/leasing"):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")
            connection.commit()

            async def look() -> None:
                async with Drop(self.drop) as drop:
                    await collect(connection, drop, self.party, self.vault, self.settings.environment)

            asyncio.run(look())

    def send(self) -> None:
        asyncio.run(self._send())

    async def _send(self) -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)  # as the operator's on_kill
        owner = f"crash/{os.getpid()}/{self.orders.run}/{self.orders.try_number}"
        grant = Grant(scope=str(self.settings.leasing_scope), resource=self.settings.resource)
        async with VegvesenClient(self.settings, TokenSource(given.maskinporten(self.orders)), grant) as client:
            await submit_changes(
                self.orders.dsn,
                work=LeasingWork(self.party.id, self.orders.run, owner),
                settings=self.settings,
                sender=client,
                vault=self.vault,
                stop=stop,
            )

    def file(self) -> None:
        with connect(self.orders.dsn) as connection, party_lock(connection, f"{self.party.id}/leasing"):

            async def away() -> None:
                async with Drop(self.drop) as drop:
                    await file_changes(connection, drop, self.party, self.vault)

            asyncio.run(away())


def leasing_run(orders: Orders) -> int:
    """One life: all steps of the orders; one that is red does not keep the next from its turn, as in the DAG."""
    leaser = Leaser(orders)
    steps = [step for step in orders.steps for _ in range(orders.again)]
    ends = [given.tried(orders, step, getattr(leaser, step)) for step in steps]
    return RED if any(ends) else 0
