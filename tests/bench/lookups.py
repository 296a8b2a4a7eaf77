"""Lookups of many vehicles: the nightly watch beside a bare script, and the settling of many unknown outcomes.

Both ask the same register in the same way: 100 vehicles in a question, 8 questions at once. The bare script reads the
answers and copies four columns into a table; ours also keeps the vehicles with snapshots, compares what was declared,
and commits group by group. Each runs in a process of its own, whose peak of memory the kernel tells.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg
import requests

from include.config.party import Party
from include.embedded.postgres import EmbeddedPostgres
from include.journey.registration import watch
from include.journey.resolve import resolve_party
from include.ledger import registration
from include.ledger.migrate import migrate
from include.ledger.warehouse import connect
from include.register.session_transport import SessionTransport, TokenAuth
from include.vegvesen_register.client import VegvesenRegister
from include.vegvesen_register.settings import VegvesenRegisterSettings
from tests.bench.register import vin_of
from tests.bench.servers import ROOT
from tests.bench.table import Row

ANSWER_SECONDS = 0.25
"""How long the register takes for a question about 100 vehicles."""
BULK, PARALLEL = 100, 8
PARTY = Party.model_validate({"id": "bench", "name": "Bench", "organisation_number": "310000019"})


@dataclass(frozen=True, slots=True)
class Looked:
    """One contestant: vehicles, seconds, the process's peak in MB, its microseconds of CPU for each vehicle."""

    vehicles: int
    seconds: float
    megabytes: float
    cpu_us: float

    @property
    def rate(self) -> float:
        """Vehicles a second."""
        return self.vehicles / self.seconds


def measure(home: Path, vehicles: int, unknown: int) -> tuple[dict[str, Looked], list[str]]:
    """`bare`, `ours`, `few` (ours with a twentieth), `resolve`, and what does not add up."""
    found: dict[str, Looked] = {}
    problems: list[str] = []
    home.mkdir(parents=True, exist_ok=True)
    with EmbeddedPostgres(home / "postgres") as postgres, _register(home) as url:
        for name, number in (("few", vehicles // 20), ("bare", vehicles), ("ours", vehicles), ("resolve", unknown)):
            postgres.drop_database("lookups")
            postgres.create_database("lookups")
            migrate(postgres.dsn("lookups"))
            fill(postgres.dsn("lookups"), number, unknown=name == "resolve")
            with connect(postgres.dsn("lookups")) as connection:  # once in a vehicle's life, by the task before
                registration.enrol(connection)
            found[name] = _contest(name, postgres.dsn("lookups"), url, number)
            if found[name].vehicles != number:
                problems.append(f"{name}: {found[name].vehicles} of {number} vehicles")
    return found, problems


def lookup_rows(home: Path, vehicles: int, unknown: int) -> tuple[list[Row], list[str]]:
    """The rows of the bench's table, and what does not add up."""
    found, problems = measure(home, vehicles, unknown)
    mine, bare, few, settled = found["ours"], found["bare"], found["few"], found["resolve"]
    note = (
        f"{vehicles} vehicles, {BULK} in a question, {PARALLEL} at once, {ANSWER_SECONDS * 1000:.0f} ms each, "
        f"wanted 0.8; CPU {mine.cpu_us:.0f} µs a vehicle against {bare.cpu_us:.0f}"
    )
    flat = f"after {vehicles} vehicles and after {few.vehicles}; wanted flat; the bare script {bare.megabytes:.0f}"
    per = f"{settled.vehicles} settled in {settled.seconds:.0f} s, peak {settled.megabytes:.0f} MB; wanted minutes"
    return [
        Row("lookups of registration", mine.rate, bare.rate, mine.rate / bare.rate, "vehicles/s", note),
        Row("memory of registration", mine.megabytes, few.megabytes, mine.megabytes / few.megabytes, "MB", flat),
        Row("resolve unknown outcomes", settled.rate, None, None, "documents/s", per),
    ], problems


def fill(dsn: str, number: int, *, unknown: bool) -> None:
    """So many accepted (or unknown and overdue) submissions of one party."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger: the moves are not what is measured
        connection.execute(
            "INSERT INTO ledger.party (id, name, organisation_number) VALUES ('bench', 'Bench', '310000019')"
        )
        connection.execute(
            "INSERT INTO ledger.document (party, sha256, size, sighting_id, state, vin, make, type_approval, variant, "
            "version_code) SELECT 'bench', encode(sha256(n::text::bytea), 'hex'), 20000, n, 'VALID', "
            "'ZZ9SV' || lpad(n::text, 12, '0'), 'NORDLYS', 'e6*2018/858*00123*04', 'AB12', 'A1B2C3-7' "
            "FROM generate_series(1, %s) n",
            (number,),
        )
        connection.execute(
            "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source, state, "
            "avgiftskode, sent_at, settle_until, decided_at, decided_by, baseline) "
            "SELECT gen_random_uuid(), 'bench', id, sighting_id, 1, '310000019', 'party_default', %s, '101', now(), "
            "now() - interval '1 hour', %s, %s, '{\"said\": \"absent\"}' FROM ledger.document",
            ("UNKNOWN", None, None) if unknown else ("ACCEPTED", "2026-11-01", "answer"),
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")


@contextmanager
def _register(home: Path) -> Iterator[str]:
    ready = home / "register"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.bench.register", str(ready), str(ANSWER_SECONDS)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise RuntimeError("the bench's register did not start")
            time.sleep(0.05)
        yield ready.read_text(encoding="utf-8")
    finally:
        process.terminate()
        process.wait()


def _contest(name: str, dsn: str, url: str, number: int) -> Looked:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.lookups", "ours" if name == "few" else name, url, str(number)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "BENCH_DSN": dsn},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-800:]}")
    return Looked(**json.loads(done.stdout.splitlines()[-1]))


class _Token:
    """Stands for Maskinporten, which is asked once in thousands of questions."""

    value = "bench"

    def token_blocking(self, _grant: Any) -> Any:
        return self

    def drop(self, _grant: Any, _token: Any) -> None:
        return None


def _ours(url: str) -> VegvesenRegister:
    settings = VegvesenRegisterSettings(
        environment="test", base_url=url, conn_id="bench", scope="bench", bulk_size=BULK, max_parallel=PARALLEL
    )
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=PARALLEL, pool_block=True))
    source: Any = _Token()
    grant: Any = None
    return VegvesenRegister(settings, SessionTransport(session, TokenAuth(source, grant), settings))


def ours(dsn: str, url: str, _number: int) -> int:
    """The nightly watch, from the first question to the last commit."""
    with connect(dsn) as connection:
        return watch(connection, PARTY, _ours(url)).said["not_registered"]


def resolve(dsn: str, url: str, _number: int) -> int:
    """Every unknown outcome settled as accepted."""
    with connect(dsn) as connection:
        return resolve_party(connection, PARTY.id, _ours(url)).states["ACCEPTED"]


def bare(dsn: str, url: str, number: int) -> int:
    """What a script does: ask, read, copy into a table; all or nothing."""
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=PARALLEL, pool_block=True))

    def ask(vins: Sequence[str]) -> list[tuple[str, str, str | None, str]]:
        body = orjson.dumps([{"understellsnummer": vin} for vin in vins])
        headers = {"Authorization": "Bearer bench", "Content-Type": "application/json"}
        reply = session.post(f"{url}/kjoretoyoppslag/bulk/understellsnummer", data=body, headers=headers, timeout=30)
        reply.raise_for_status()
        held = [one["kjoretoydata"] for one in orjson.loads(reply.content)["responser"]]
        return [
            (
                one["kjoretoyId"]["kuid"],
                one["kjoretoyId"]["understellsnummer"],
                one["forstegangsregistrering"]["registrertForstegangNorgeDato"],
                one["registrering"]["registreringsstatus"]["kodeVerdi"],
            )
            for one in held
        ]

    parts = [[vin_of(n) for n in range(at, min(at + BULK, number + 1))] for at in range(1, number + 1, BULK)]
    copied = 0
    with psycopg.connect(dsn) as connection, ThreadPoolExecutor(PARALLEL) as threads:
        connection.execute("CREATE TABLE bare (kuid text PRIMARY KEY, vin text, registered date, status text)")
        with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for rows in threads.map(ask, parts):
                for row in rows:
                    copy.write_row(row)
                    copied += 1
    return copied


if __name__ == "__main__":
    contestant = {"ours": ours, "resolve": resolve, "bare": bare}[sys.argv[1]]
    begun, cpu_begun = time.monotonic(), time.process_time()
    answered = contestant(os.environ["BENCH_DSN"], sys.argv[2], int(sys.argv[3]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu = (time.process_time() - cpu_begun) * 1e6 / max(answered, 1)
    told = {"vehicles": answered, "seconds": time.monotonic() - begun, "megabytes": peak, "cpu_us": cpu}
    print(json.dumps(told))
