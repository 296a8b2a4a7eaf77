"""Polling customs: a backlog of signals against a bare script, and the mart with a million signals behind it."""

# longer because two contestants and a filled warehouse stand beside the rows they make

from __future__ import annotations

import multiprocessing
import resource
import statistics
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import requests

from include.embedded.postgres import EmbeddedPostgres
from include.journey.poll_routing import poll_routing
from include.ledger import feeds, migrate, sightings
from include.ledger.feeds import Watched
from include.ledger.warehouse import connect
from include.register.session_transport import SessionTransport
from include.toll.http_polls import HttpPolls
from include.toll.settings import settings_from_connection
from tests.bench.table import Row
from tests.bench.tick import LIMIT, tick

PAGE, LATENCY = 1_000, 0.02
ORGANISATIONS, EACH = 100, 10_000
_PATH = "/api/movement/routing/v1/house-consignment"


@dataclass(frozen=True, slots=True)
class Backlog:
    """Signals per second of ours and of the bare script; megabytes of memory early and late; what is wrong."""

    ours: float
    bare: float
    early: float
    late: float
    problems: list[str]


def backlog(home: Path, signals: int) -> Backlog:
    """Reads the backlog with the bare script, with ours, and with the bare script again."""
    fork = multiprocessing.get_context("spawn")
    port: Any = fork.Queue()
    server = fork.Process(target=_serve, args=(signals, port), daemon=True)
    server.start()
    try:
        base = f"http://127.0.0.1:{port.get(timeout=120)}"
        _bare(base)  # the first round pays for the server's caches
        before = _bare(base)
        with EmbeddedPostgres(home / "postgres") as postgres:
            rate, early, late, stored = _ours(postgres, base, signals)
        after = _bare(base)
    finally:
        server.kill()
    problems = [] if stored == signals else [f"{stored} of {signals} signals are stored"]
    return Backlog(rate, statistics.mean([before, after]), early, late, problems)


def _bare(base: str) -> float:
    """Downloads and parses every page, and keeps nothing."""
    session, marker, count, began = requests.Session(), None, 0, time.monotonic()
    while page := orjson.loads(session.get(base + _PATH, params={"marker": marker} if marker else None).content):
        marker, count = page[-1]["routingResult"]["id"], count + len(page)
    return count / (time.monotonic() - began)


def _ours(postgres: EmbeddedPostgres, base: str, signals: int) -> tuple[float, float, float, int]:
    postgres.drop_database("polls")
    postgres.create_database("polls")
    migrate.migrate(postgres.dsn("polls"))
    settings = settings_from_connection(conn_id="toll", host=base, extra={"environment": "test"})
    auth: Any = _NoToken()
    polls = HttpPolls(settings, SessionTransport(requests.Session(), auth, settings, service="Tolletaten"))
    with connect(postgres.dsn("polls")) as connection:
        sightings.name_party(connection, "bench", "Bench", "310000019", "Europe/Oslo")
        watched = Watched(validation_minutes=10, signal_minutes=10, control_places={})
        organisation = feeds.organisation_of(connection, "bench", "test", "310000019", watched)
        feed = feeds.feed_of(connection, organisation, "house-consignment")
        memory: list[float] = []
        watch = _Remembering(polls, memory)
        began = time.monotonic()
        poll_routing(connection, watch, feed, "house-consignment", party="bench")
        seconds = time.monotonic() - began
        row = connection.execute("SELECT count(*) AS n FROM ledger.customs_signal").fetchone()
    early = memory[min(10, len(memory) - 1)]
    return signals / seconds, early, memory[-1], int(row["n"]) if row else 0


class _Remembering:
    """Polls that note the process's peak memory with each page, in megabytes."""

    def __init__(self, polls: HttpPolls, memory: list[float]) -> None:
        self._polls, self._memory = polls, memory

    def routing(self, endpoint: Any, marker: str | None) -> Any:
        self._memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return self._polls.routing(endpoint, marker)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._polls, name)


class _NoToken:
    """The bare script has no token either."""

    def __call__(self, request: Any) -> Any:
        return request

    def used(self) -> None:
        return None

    def forget(self) -> None:
        return None


def _serve(signals: int, port: Any) -> None:
    """A customs that answers each page 20 ms after it was asked, from bytes that are ready."""
    ids = [str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))) for number in range(signals)]
    pages = [
        orjson.dumps([_signal(n, ids[n]) for n in range(at, min(at + PAGE, signals))]) for at in range(0, signals, PAGE)
    ]
    after = {None: 0} | {
        ids[min(at + PAGE, signals) - 1]: number + 1 for number, at in enumerate(range(0, signals, PAGE))
    }

    class Customs(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            marker = parse_qs(urlsplit(self.path).query).get("marker", [None])[0]
            number = after[marker]
            body = pages[number] if number < len(pages) else b"[]"
            time.sleep(LATENCY)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Customs)
    port.put(server.server_port)
    server.serve_forever()


def _signal(number: int, identity: str) -> dict[str, Any]:
    routing = "TO_CONTROL" if number % 8 == 0 else "TO_ENTRY"
    return {
        "entrySummaryDeclarationMRN": f"26NO{number // 40:014d}",
        "transportDocumentHouseLevel": {"referenceNumber": f"HAWB{number % 90_000:07d}", "type": "N740"},
        "activeBorderTransportMeans": {"identificationNumber": "LN-ABC", "typeOfIdentification": "41"},
        "estimatedTimeOfArrival": "2026-11-20T06:23:00Z",
        "scheduledTimeOfArrival": "2026-11-20T06:20:00Z",
        "routingResult": {"id": identity, "routing": routing, "documentIssueDate": "2026-11-20T06:25:00Z"},
    }


@dataclass(frozen=True, slots=True)
class Mart:
    """Milliseconds for one organisation's consignments: counted by release, and every row; and what reads too much."""

    counted: float
    whole: float
    problems: list[str]


@contextmanager
def full_warehouse(home: Path) -> Iterator[EmbeddedPostgres]:
    """Database `full`: a hundred organisations with ten thousand consignments and signals each: a million signals."""
    with EmbeddedPostgres(home / "postgres") as postgres:
        postgres.drop_database("full")
        postgres.create_database("full")
        dsn = postgres.dsn("full")
        migrate.migrate(dsn)
        with connect(dsn) as connection:
            connection.execute(
                _FILL.replace("%EACH%", str(EACH)).replace("%ORGANISATIONS%", str(ORGANISATIONS)).encode()
            )
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE")
        yield postgres


def mart(dsn: str) -> Mart:
    """Asks the mart for one organisation, with a million signals stored."""
    where = "FROM mart.customs_consignment WHERE importer = 'party_42'"
    counted, whole = f"SELECT release, count(*) {where} GROUP BY release", f"SELECT * {where}"
    with connect(dsn) as connection:
        plans = [
            "\n".join(str(row["QUERY PLAN"]) for row in connection.execute(f"EXPLAIN {query}".encode()))
            for query in (counted, whole)
        ]
        times = [_best(connection, query) for query in (counted, whole)]
    problems = [
        f"the plan scans all of {table}"
        for plan in plans
        for table in ("customs_signal", "customs_consignment")
        if f"Seq Scan on {table}" in plan
    ]
    return Mart(times[0], times[1], problems)


def _best(connection: Any, query: str) -> float:
    """The server's own time of the best of five, in milliseconds."""
    found = []
    for _ in range(5):
        plan = connection.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}".encode()).fetchone()
        found.append(float(plan["QUERY PLAN"][0]["Execution Time"]))
    return min(found)


_FILL = """
INSERT INTO ledger.party (id, name, organisation_number)
    SELECT 'party_' || n, 'Party ' || n, (310000000 + n)::text FROM generate_series(1, %ORGANISATIONS%) n;
INSERT INTO ledger.customs_organisation (environment, organisation, party)
    SELECT 'test', organisation_number, id FROM ledger.party;
INSERT INTO ledger.customs_party
    SELECT party, id, 15, 60, '{"NO351001": "Hall 4"}', now() FROM ledger.customs_organisation;
INSERT INTO ledger.marker (organisation_id, endpoint) SELECT id, 'house-consignment' FROM ledger.customs_organisation;
INSERT INTO ledger.customs_consignment (organisation_id, mrn, document_number, document_type, signals, routing,
    control_location, position, signal_id, first_signal_at, last_signal_at)
    SELECT o.id, '26NO' || lpad((n / 40)::text, 14, '0'), 'HAWB' || n, 'N740', 1,
        CASE WHEN n % 8 = 0 THEN 'TO_CONTROL' ELSE 'TO_ENTRY' END, NULL, n::bigint << 20, gen_random_uuid()::text,
        now(), now()
    FROM generate_series(1, %EACH%) n CROSS JOIN ledger.customs_organisation o ORDER BY n / 40, o.id, n;
INSERT INTO ledger.customs_signal (feed, position, id, consignment_id, mrn, document_number, document_type, routing,
    announced_at, raw)
    SELECT m.id, c.position, c.signal_id, c.id, c.mrn, c.document_number, c.document_type, c.routing, now(), '{}'::bytea
    FROM ledger.customs_consignment c JOIN ledger.marker m ON m.organisation_id = c.organisation_id;
INSERT INTO ledger.customs_signal_id SELECT feed, id, position FROM ledger.customs_signal;
"""


def poll_rows(home: Path, signals: int) -> tuple[list[Row], list[str]]:
    """The rows of the table, and what is wrong."""
    read = backlog(home / "backlog", signals)
    with full_warehouse(home / "mart") as postgres:
        found = mart(postgres.dsn("full"))
        quiet = tick(home, postgres, "full")
    note = f"{signals} signals, 1,000 a page, 20 ms a page; the other downloads and parses only; wanted 0.8"
    rate = Row("backlog of control signals", read.ours, read.bare, read.ours / read.bare, "signals/s", note)
    note = "peak memory at the end and after ten pages; wanted flat"
    memory = Row("memory of a poll", read.late, read.early, read.late / read.early, "MB", note)
    note = "one of 100 organisations, 10,000 consignments of a million, in the server; limit 50 ms"
    counted = Row("customs_consignment, counted", found.counted, 50.0, found.counted / 50.0, "ms", note)
    note += "; with both sentences of every row"
    whole = Row("customs_consignment, every row", found.whole, 50.0, found.whole / 50.0, "ms", note)
    note = "process CPU of the whole step with its token and alerts, in a new process; limit 1 s"
    nothing = Row("poll tick with nothing new", quiet, LIMIT, quiet / LIMIT, "s", note)
    return [rate, memory, counted, whole, nothing], read.problems + found.problems
