"""The ideal contestant: one pipelined script without Airflow, ledger, intents, evidence or receipts.

Reading, checking, sending, storing and renaming overlap; every part is the fastest known. It shows what the servers and
this machine can give at all, and would send documents twice after the first crash.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
import orjson
import psycopg

from include.drop.drop import Drop
from include.drop.settings import DropSettings, settings_from_connection
from include.embedded.postgres import EmbeddedPostgres
from include.ivi.check import CheckContext, check_all
from include.maskinporten.grant import Grant
from include.maskinporten.settings import settings_from_extra as maskinporten_settings
from include.maskinporten.source import TokenSource
from include.vegvesen.avgift import Avgiftsklassifisering
from include.vegvesen.messages import CREATE_PATH, create_body
from tests.bench.servers import IN_FLIGHT, Servers
from tests.bench.tasks import cpu_below

_BATCH = 32
"""Documents handed to a checking thread at once: fewer change of threads."""
_AHEAD = 512
_RENAMES = 256


class Ideal:
    """One night of one party, as fast as it goes."""

    def __init__(self, servers: Servers, party: str, dsn: str) -> None:
        self._servers, self._party, self._dsn = servers, party, dsn
        self._checked: asyncio.Queue[tuple[bytes, bytes] | None] = asyncio.Queue(_AHEAD)
        self._sent: asyncio.Queue[tuple[bytes, bytes] | None] = asyncio.Queue()
        self.accepted = 0
        self._archive = f"{party}/archive/today".encode()

    async def run(self) -> float:
        """Returns the seconds from the first SFTP byte to the last rename."""
        began = time.monotonic()
        async with Drop(_drop_settings(self._servers)) as drop, Drop(_drop_settings(self._servers)) as filing:
            await filing.make_folders(self._archive)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read_and_check(drop))
                group.create_task(self._send())
                group.create_task(self._store_and_rename(filing))
        return time.monotonic() - began

    async def _read_and_check(self, drop: Drop) -> None:
        loop = asyncio.get_running_loop()
        inbox = f"{self._party}/inbox"
        paths = [inbox.encode() + b"/" + entry.name for entry in await drop.inbox(inbox)]
        context = CheckContext(environment="test", file_name=None, today=date.today(), levels={})
        room = asyncio.Semaphore(4)

        async def check_batch(batch: list[tuple[bytes, bytes]]) -> None:
            verdicts = await loop.run_in_executor(
                pool, lambda: list(zip(batch, check_all((content, context) for _, content in batch), strict=True))
            )
            room.release()
            for (path, content), checked in verdicts:
                reference = checked.document.reference if checked.valid and checked.document else None
                body = create_body(content, reference, Avgiftsklassifisering("101"), "object")
                await self._checked.put((path, body))

        with ThreadPoolExecutor(2) as pool:
            async with asyncio.TaskGroup() as group:
                batch: list[tuple[bytes, bytes]] = []
                async for path, content in drop.read_many(paths, max_bytes=2_000_000):
                    if not isinstance(content, bytes):
                        raise content
                    batch.append((path, content))
                    if len(batch) == _BATCH:
                        await room.acquire()
                        group.create_task(check_batch(batch))
                        batch = []
                await room.acquire()
                group.create_task(check_batch(batch))
        for _ in range(IN_FLIGHT):
            await self._checked.put(None)

    async def _send(self) -> None:
        connection = self._servers.connections["maskinporten"]
        settings = maskinporten_settings(
            conn_id="maskinporten", host=connection["host"], login=connection["login"], extra=connection["extra"]
        )
        vegvesen = self._servers.connections["vegvesen"]
        grant = Grant(scope=vegvesen["extra"]["scope"], resource=vegvesen["extra"]["resource"])
        tokens = TokenSource(settings)
        connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
        async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
            for _ in range(IN_FLIGHT):
                group.create_task(self._sender(session, vegvesen["host"] + CREATE_PATH, tokens, grant))
        await self._sent.put(None)

    async def _sender(self, session: aiohttp.ClientSession, url: str, tokens: TokenSource, grant: Grant) -> None:
        while (item := await self._checked.get()) is not None:
            path, body = item
            token = await tokens.token(grant)
            headers = {"Authorization": f"Bearer {token.value}", "Content-Type": "application/json"}
            async with session.post(url, data=body, headers=headers) as response:
                self._sent.put_nowait((path, await response.read()))

    async def _store_and_rename(self, drop: Drop) -> None:
        """COPY of a group, then its renames, while the next group is under way."""
        async with await psycopg.AsyncConnection.connect(self._dsn) as connection:
            await connection.execute(_TABLE)
            await connection.commit()
            more = True
            while more:
                group: list[tuple[bytes, bytes]] = []
                while len(group) < _RENAMES and (item := await self._sent.get()) is not None:
                    group.append(item)
                more = len(group) == _RENAMES
                async with connection.cursor().copy(_COPY) as copy:
                    for path, body in group:
                        await copy.write_row(self._row(path, body))
                await connection.commit()
                pairs = [(path, self._archive + b"/" + path.rpartition(b"/")[2]) for path, _ in group]
                async for _, moved in drop.move_many(pairs):
                    if moved is not True:
                        raise RuntimeError(f"a rename failed: {moved}")

    def _row(self, path: bytes, body: bytes) -> tuple[str, str, str]:
        reply = orjson.loads(body)
        code = str(reply["melding"]["meldingskode"])
        self.accepted += code.endswith("KJORETOY_OPPRETTET")
        return path.decode(), code, body.decode()


_TABLE = "CREATE TABLE IF NOT EXISTS ideal_result (path text, code text, reply text)"
_COPY = "COPY ideal_result (path, code, reply) FROM STDIN"


def _drop_settings(servers: Servers) -> DropSettings:
    connection = servers.connections["ecoc_sftp"]
    return settings_from_connection(
        conn_id="ecoc_sftp", **{key: connection[key] for key in ("host", "port", "login", "password", "extra")}
    )


@dataclass(frozen=True, slots=True)
class IdealNight:
    """Documents per second from the first SFTP byte to the last rename, and CPU of all processes in ms per document."""

    rate: float
    cpu: float
    accepted: int
    created: int


def ideal_night(home: Path, documents: int, postgres: EmbeddedPostgres) -> IdealNight:
    """One night of `documents` documents against fresh servers."""
    shutil.rmtree(home, ignore_errors=True)
    with Servers(home) as servers:
        servers.fill("bench", documents)
        roots = (os.getpid(), *servers.pids.values(), postgres.pid or 0)
        ideal, before = Ideal(servers, "bench", postgres.dsn("ideal")), cpu_below(roots)
        seconds = asyncio.run(ideal.run())
        cpu = (cpu_below(roots) - before) / documents * 1000
        created = len(servers.created())
    shutil.rmtree(home, ignore_errors=True)
    return IdealNight(documents / seconds, cpu, ideal.accepted, created)
