"""A sender process of presentations: one run of one party with the journey's own functions, as its tasks call them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import requests

from include.config.party import Party
from include.drop.drop import Drop
from include.journey.errand import Pace
from include.journey.present import present_party
from include.journey.present_check import Checking, check_taken
from include.journey.present_take import take_files
from include.journey.present_tell import tell_party
from include.ledger import validating
from include.ledger.content import ContentStore
from include.ledger.locks import party_lock
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect, now_of
from include.maskinporten.source import TokenSource
from include.register.session_transport import SessionTransport, TokenAuth
from include.toll import settings as toll_settings
from include.toll.client import TollClient
from include.toll.exchange import toll_tokens
from include.toll.http_polls import HttpPolls
from include.toll.polling import Status
from include.toll.presentation import Consignment
from tests.crash import given
from tests.crash.given import RED
from tests.crash.orders import Orders

#: Everything a run does, and the status feed that another DAG reads.
STEPS = ("take", "check", "present", "statuses", "tell")


class Presenter:
    """The tasks of one run, one after the other; each opens and closes its own connections."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.party = Party.model_validate(orders.party)
        self.store = ContentStore(orders.store)
        found = orders.connections["toll"]
        settings = toll_settings.settings_from_connection(conn_id="toll", host=found["host"], extra=found["extra"])
        self.settings = replace(settings, **orders.settings)
        self.tokens = toll_tokens(self.settings, TokenSource(given.maskinporten(orders)), on_secret=_forget)
        self.drop = given.drop(orders)

    def take(self) -> None:
        with connect(self.orders.dsn) as connection, party_lock(connection, self.party.id):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")
            connection.commit()

            async def look() -> None:
                async with Drop(self.drop) as drop:
                    await take_files(connection, drop, self.store, self.party, now=now_of(connection))

            asyncio.run(look())

    def check(self) -> None:
        with connect(self.orders.dsn) as connection, party_lock(connection, self.party.id):
            check_taken(connection, self.store, self.party, Checking(environment=self.settings.environment))

    def present(self) -> None:
        asyncio.run(self._present())

    async def _present(self) -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)  # as the operator's on_kill
        pace = Pace(
            environment=self.settings.environment,
            max_parallel=self.settings.max_parallel,
            total_timeout=self.settings.total_timeout,
            settle_seconds=self.settings.settle_seconds,
        )
        client = TollClient(self.settings, self.tokens, toll_settings.grant_for(self.settings, None))
        async with client:
            await present_party(
                self.orders.dsn,
                party=self.party.id,
                run_id=self.orders.run,
                owner=f"crash/{os.getpid()}/{self.orders.run}/{self.orders.try_number}",
                pace=pace,
                presenter=_Forgetful(client) if self.orders.naive else client,
                stop=stop,
                try_number=self.orders.try_number,
            )

    def statuses(self) -> None:
        """What the DAG customs_validation_status does for this party, all of the feed each time."""
        auth = TokenAuth(self.tokens, toll_settings.grant_for(self.settings, None))
        transport = SessionTransport(requests.Session(), auth, self.settings, service="Tolletaten")
        with contextlib.closing(HttpPolls(self.settings, transport)) as polls, connect(self.orders.dsn) as connection:
            page = polls.validation_status()
            validating.record_validations(connection, [one for one in page.items if isinstance(one, Status)])
            connection.commit()

    def tell(self) -> None:
        with connect(self.orders.dsn) as connection, party_lock(connection, self.party.id):

            async def away() -> None:
                async with Drop(self.drop) as drop:
                    await tell_party(connection, drop, self.store, self.party, now=now_of(connection))

            asyncio.run(away())

    def run(self) -> int:
        """All steps of the orders; one that is red does not keep the next from its turn, as in the DAG."""
        steps = [step for step in self.orders.steps for _ in range(self.orders.again)]
        ends = [given.tried(self.orders, step, getattr(self, step)) for step in steps]
        return RED if any(ends) else 0


async def _forget(secret: str) -> None:
    """There is no log here in which a secret would have to be masked."""
    del secret


class _Forgetful:
    """The naive client: it makes up a requestId for every send. It is here to be caught."""

    def __init__(self, client: TollClient) -> None:
        self._client = client

    async def present(self, request_id: UUID, consignment: Consignment, **more: Any) -> Any:
        del request_id
        return await self._client.present(uuid4(), consignment, **more)


def presenting_run(orders: Orders) -> int:
    """One life of a sender of presentations."""
    return Presenter(orders).run()
