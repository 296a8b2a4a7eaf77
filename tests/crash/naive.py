"""The sender that everybody writes first: POST, then record; after a restart, send what is not recorded.

It is here to be caught. When the suite finds no double of it, the suite is broken.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path

import psycopg

from include.ledger.content import sha256
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.outcomes import Outcome
from include.vegvesen import settings as vegvesen_settings
from include.vegvesen.avgift import Avgiftsklassifisering
from include.vegvesen.client import VegvesenClient
from include.vegvesen.messages import create_body
from tests.crash import given
from tests.crash.orders import Orders
from tests.crash.points import mark

_AT_ONCE = 16


class NaiveSender:
    """Eight lines of sending and one table of what was sent."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._dice = random.Random(orders.dice.seed) if orders.dice else None

    async def run(self) -> int:
        tokens = TokenSource(given.maskinporten(self._orders))
        found = self._orders.connections["vegvesen"]
        settings = vegvesen_settings.settings_from_extra(conn_id="vegvesen", host=found["host"], extra=found["extra"])
        grant = Grant(scope=settings.scope, resource=settings.resource)
        async with await psycopg.AsyncConnection.connect(self._orders.dsn, autocommit=True) as warehouse:
            await warehouse.execute("CREATE TABLE IF NOT EXISTS naive_sent (sha256 text)")
            cursor = await warehouse.execute("SELECT sha256 FROM naive_sent")
            sent = {row[0] async for row in cursor}
            left = [content for content in self._inbox() if sha256(content) not in sent]
            async with VegvesenClient(settings, tokens, grant) as client:
                for at in range(0, len(left), _AT_ONCE):
                    group = left[at : at + _AT_ONCE]
                    await asyncio.gather(*(self._send(client, warehouse, content) for content in group))
        return 0

    def _inbox(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(Path(self._orders.inbox).iterdir())]

    async def _send(self, client: VegvesenClient, warehouse: psycopg.AsyncConnection, content: bytes) -> None:
        self._maybe_die("naive: before the POST")
        answer = await client.create(create_body(content, None, Avgiftsklassifisering("101"), "object"))
        self._maybe_die("naive: after the answer")
        if answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED):  # all else "has failed": the next run sends it
            await warehouse.execute("INSERT INTO naive_sent VALUES (%s)", (sha256(content),))
        self._maybe_die("naive: recorded")

    def _maybe_die(self, point: str) -> None:
        if self._dice is not None and self._orders.dice and self._dice.random() < self._orders.dice.rate:
            mark(self._orders.marker, point)
            os.kill(os.getpid(), signal.SIGKILL)


def naive_night(orders: Orders) -> int:
    """One life of the naive sender; 0 when it believes that it has sent everything."""
    return asyncio.run(NaiveSender(orders).run())
