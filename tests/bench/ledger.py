"""What the ledger costs the sends: the same lots through the same sender, with intents and evidence and without.

Without means that claims come from a list in memory and answers are only counted; everything else is the product's own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from include.embedded.postgres import EmbeddedPostgres
from include.ivi.samples import sample
from include.journey.flight import Work
from include.journey.submit import submit_lot
from include.ledger import sending
from include.ledger.content import ContentStore, sha256
from include.ledger.migrate import migrate
from include.ledger.sending import Intent
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect
from include.maskinporten.grant import Grant
from include.maskinporten.settings import settings_from_extra as maskinporten_settings
from include.maskinporten.source import TokenSource
from include.vegvesen.client import VegvesenClient
from include.vegvesen.settings import settings_from_extra as vegvesen_settings
from tests.bench.servers import DOCUMENT_BYTES, Servers

ROUNDS = 3
_PARTY = "ledger"


@dataclass(frozen=True, slots=True)
class LedgerCost:
    """Documents per second, the mean of the rounds, and what does not add up."""

    with_ledger: float
    without: float
    problems: tuple[str, ...]


def ledger_cost(home: Path, documents: int, say: Callable[[str], None]) -> LedgerCost:
    """Both contestants in turns, each with its own documents."""
    with EmbeddedPostgres(home / "postgres") as postgres, Servers(home / "servers") as servers:
        postgres.create_database("ledger")
        migrate(postgres.dsn("ledger"))
        bench = _Sends(postgres.dsn("ledger"), servers, ContentStore(str(home / "store")))
        bench.fill(documents, lots=2 * ROUNDS + 1)
        bench.send(0)  # pays for caches and the first token
        seconds: dict[bool, float] = {True: 0.0, False: 0.0}
        for number in range(ROUNDS):
            for with_ledger in (True, False):
                lot = 1 + 2 * number + with_ledger
                seconds[with_ledger] += bench.send(lot, bench.in_memory(lot) if not with_ledger else None)
            say(f"ledger: round {number + 1} of {ROUNDS}")
        created = [line["sha256"] for line in servers.created()]
        wanted = documents * (2 * ROUNDS + 1)
        problems = [] if len(created) == len(set(created)) == wanted else [f"{len(created)} created, {wanted} sent"]
        accepted, sent = bench.accepted(), documents * (ROUNDS + 1)
        problems += [] if accepted == sent else [f"{accepted} accepted in the ledger, {sent} sent through it"]
    total = documents * ROUNDS
    return LedgerCost(total / seconds[True], total / seconds[False], tuple(problems))


class _Sends:
    def __init__(self, dsn: str, servers: Servers, store: ContentStore) -> None:
        self._dsn, self._store = dsn, store
        found = servers.connections["vegvesen"]
        self._settings = vegvesen_settings(conn_id="vegvesen", host=found["host"], extra=found["extra"])
        found = servers.connections["maskinporten"]
        self._maskinporten = maskinporten_settings(
            conn_id="maskinporten", host=found["host"], login=found["login"], extra=found["extra"]
        )

    def fill(self, documents: int, lots: int) -> None:
        """Documents that are checked and opened: everything short of sending."""
        with connect(self._dsn) as connection:
            name_party(connection, _PARTY, "Bench", "310000019", "Europe/Oslo")
            for lot in range(lots):
                digests = []
                for number in range(documents):
                    content = sample(number=lot * documents + number, pad_to=DOCUMENT_BYTES)
                    digests.append(sha256(content))
                    self._store.put(content, digests[-1])
                connection.execute(_FILL, {"party": _PARTY, "lot": lot, "hashes": digests})
            connection.commit()

    def send(self, lot: int, instead: Any = None) -> float:
        """Seconds that the lot took."""
        grant = Grant(scope=self._settings.scope, resource=self._settings.resource)

        async def go() -> None:
            async with VegvesenClient(self._settings, TokenSource(self._maskinporten), grant) as client:
                await submit_lot(
                    self._dsn,
                    work=Work(_PARTY, f"run-{lot}", lot, f"bench/{lot}"),
                    label=f"lot {lot}",
                    settings=self._settings,
                    sender=client,
                    store=self._store,
                    stop=asyncio.Event(),
                )

        began = time.monotonic()
        if instead is None:
            asyncio.run(go())
        else:
            with instead:
                asyncio.run(go())
        return time.monotonic() - began

    @contextmanager
    def in_memory(self, lot: int) -> Iterator[None]:
        """Claims come from a list, evidence goes nowhere."""
        with connect(self._dsn) as connection:
            rows = connection.execute(_INTENTS, {"party": _PARTY, "lot": lot}).fetchall()
        left = [Intent(**row) for row in rows]

        async def claim(*_: object, most: int, **__: object) -> list[Intent]:
            taken = left[:most]
            del left[:most]
            return taken

        async def record(_: object, __: object, answers: Sequence[object]) -> int:
            return len(answers)

        with mock.patch.object(sending, "claim", claim), mock.patch.object(sending, "record", record):
            yield

    def accepted(self) -> int:
        with connect(self._dsn) as connection:
            row = connection.execute("SELECT count(*) AS n FROM ledger.submission WHERE state = 'ACCEPTED'").fetchone()
        return int(row["n"]) if row else 0


_FILL = """
WITH documents AS (
    INSERT INTO ledger.document (party, sha256, size, sighting_id, state)
    SELECT %(party)s, unnest(%(hashes)s::text[]), 1, nextval('ledger.sighting_id'), 'VALID' RETURNING id, sighting_id)
INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgiftskode, avgift_source, run_id,
    lot_no)
SELECT gen_random_uuid(), %(party)s, id, sighting_id, 1, '310000019', '101', 'party_default', 'run-' || %(lot)s, %(lot)s
FROM documents
"""
_INTENTS = """
SELECT u.id, u.version, 1 AS attempt_no, u.document_id, u.sighting_id, d.sha256, u.ivi_reference, u.avgiftskode,
    u.seats, u.camper_beds
FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id
WHERE u.party = %(party)s AND u.lot_no = %(lot)s ORDER BY u.id
"""
