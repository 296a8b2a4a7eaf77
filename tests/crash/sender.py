"""A sender process: one night of one party with the journey's own functions, as its Airflow tasks call them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from datetime import date
from functools import partial

from include.config.party import Party
from include.drop.drop import Drop
from include.errors import ServiceUnavailable
from include.journey import deleting, resolve
from include.journey.baseline import Asking
from include.journey.collect import collect
from include.journey.file_away import file_lot
from include.journey.flight import Work
from include.journey.reconcile import reconcile
from include.journey.submit import open_lot, submit_lot
from include.journey.validate import circumstances_of, validate_lot
from include.ledger import deletion_requests, lots
from include.ledger.content import ContentStore
from include.ledger.locks import party_lock
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect, now_of
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.vegvesen.client import VegvesenClient
from tests.crash import given, points
from tests.crash.given import RED
from tests.crash.orders import Orders


class Sender:
    """The tasks of one run, one after the other; each opens and closes its own connections."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.party = Party.model_validate(orders.party)
        self.store = ContentStore(orders.store)
        self.settings, self.maskinporten, self.drop = (
            given.vegvesen(orders),
            given.maskinporten(orders),
            given.drop(orders),
        )

    def collect(self) -> None:
        with connect(self.orders.dsn) as connection, party_lock(connection, self.party.id):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")

            async def look() -> None:
                async with Drop(self.drop) as drop:
                    await collect(connection, drop, self.store, self.party, now=now_of(connection))

            asyncio.run(look())

    def plan(self) -> None:
        with connect(self.orders.dsn) as connection, party_lock(connection, self.party.id):
            lots.plan(connection, self.party.id, self.orders.run, self.party.lot_size)
            connection.commit()

    def validate(self, lot: int) -> None:
        circumstances = circumstances_of(self.party, environment="test", today=date.today())
        with connect(self.orders.dsn) as connection:
            validate_lot(
                connection,
                self.store,
                self.party,
                run_id=self.orders.run,
                lot_no=lot,
                label=f"lot {lot}",
                circumstances=circumstances,
            )

    def open(self, lot: int) -> None:
        with connect(self.orders.dsn) as connection:
            open_lot(connection, self.party, self.orders.run, lot)

    def send(self, lot: int) -> None:
        asyncio.run(self._send(lot))

    async def _send(self, lot: int) -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)  # as the operator's on_kill
        owner = f"crash/{os.getpid()}/{self.orders.run}/{lot}/{self.orders.try_number}"
        tokens = TokenSource(self.maskinporten)
        grant = Grant(scope=self.settings.scope, resource=self.settings.resource)
        async with contextlib.AsyncExitStack() as stack:
            register = stack.enter_context(contextlib.closing(given.register(self.orders)))
            client = await stack.enter_async_context(VegvesenClient(self.settings, tokens, grant))
            await submit_lot(
                self.orders.dsn,
                work=Work(self.party.id, self.orders.run, lot, owner, self.orders.try_number),
                label=f"lot {lot}",
                settings=self.settings,
                sender=client,
                store=self.store,
                stop=stop,
                asking=Asking(register),
            )
        if stop.is_set():
            raise SystemExit(RED)

    def resolve(self) -> None:
        """The task of ecoc_resolution for this party."""
        with contextlib.closing(given.register(self.orders)) as register, connect(self.orders.dsn) as connection:
            resolve.resolve_party(connection, self.party.id, register)

    def approve(self) -> None:
        """The answer of a person to what the run `delete` offered."""
        with connect(self.orders.dsn) as connection:
            deletion_requests.approve(connection, self.party.id, self.party.sender, "delete", by="Kari Nordmann")

    def delete(self) -> None:
        """The task of ecoc_deletion for this party."""
        asyncio.run(self._delete())

    async def _delete(self) -> None:
        owner = f"crash/{os.getpid()}/delete/{self.orders.try_number}"
        grant = Grant(scope=self.settings.scope, resource=self.settings.resource)
        async with contextlib.AsyncExitStack() as stack:
            register = (
                stack.enter_context(contextlib.closing(given.register(self.orders))) if self.party.baseline else None
            )
            client = VegvesenClient(self.settings, TokenSource(self.maskinporten), grant)
            await stack.enter_async_context(client)
            await deleting.delete_party(
                self.orders.dsn,
                deleting.Work(self.party.id, owner, self.settings, client, asyncio.Event(), register),
            )

    def file(self, lot: int) -> None:
        with connect(self.orders.dsn) as connection, party_lock(connection, self.party.id, shared=True):

            async def away() -> None:
                async with Drop(self.drop) as drop:
                    await file_lot(
                        connection,
                        drop,
                        self.store,
                        self.party,
                        run_id=self.orders.run,
                        lot_no=lot,
                        label=f"lot {lot}",
                        now=now_of(connection),
                    )

            asyncio.run(away())

    def reconcile(self) -> None:
        with connect(self.orders.dsn) as connection:
            reconcile(connection, self.party, self.orders.run).raise_if_broken()

    def lots(self) -> list[int]:
        with connect(self.orders.dsn) as connection:
            rows = connection.execute(
                "SELECT lot_no FROM ledger.lot WHERE party = %s AND run_id = %s ORDER BY lot_no",
                (self.party.id, self.orders.run),
            )
            return [int(row["lot_no"]) for row in rows]

    def night(self) -> int:
        """All steps of the orders; what is red in one lot does not keep the others from going on."""
        red = 0
        for step in self.orders.steps:
            red = given.tried(self.orders, step, lambda step=step: self._step(step)) or red  # type: ignore[misc]
            if red and step in ("collect", "plan"):
                return red  # what comes after them does not run
        return red

    def _step(self, step: str) -> None:
        """One task, or one for each lot of the run; again as often as somebody clears it."""
        task = getattr(self, step)
        by_lot = step in ("validate", "open", "send", "file")
        work: list[Callable[[], None]] = [partial(task, lot) for lot in self.lots()] if by_lot else [task]
        ends = [given.tried(self.orders, step, task) for task in work for _ in range(self.orders.again)]
        if any(ends):
            raise ServiceUnavailable(f"{step}: {sum(map(bool, ends))} of {len(ends)} tasks are red")


def live(orders: Orders) -> int:
    """One life, from birth to its exit status; a killed one does not return."""
    points.constants(orders)
    points.install(orders)
    if orders.stream == "presentation":
        from tests.crash.presenter import presenting_run

        return presenting_run(orders)
    if orders.stream == "leasing":
        from tests.crash.leaser import leasing_run

        return leasing_run(orders)
    if orders.naive:
        from tests.crash.naive import naive_night

        return naive_night(orders)
    return Sender(orders).night()
