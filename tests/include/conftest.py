"""A whole night in-process: collect, plan, validate, submit, file away and reconcile without Airflow.

It runs against the sandbox's real sockets and a real PostgreSQL. What really happened is asked of the sandbox's truth
log, never of our own ledger.
"""

# longer because a test module may not import from another one: the driver of a night is one class in one place

from __future__ import annotations

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.settings import settings_from_connection
from include.exports.audience import Audience, Period
from include.exports.files import export
from include.exports.report import monthly_report
from include.ivi.samples import sample
from include.journey import deleting, flight, submit
from include.journey.baseline import Asking
from include.journey.collect import Collected, collect
from include.journey.deleting import Deleted
from include.journey.file_away import Filed, file_lot
from include.journey.flight import Work
from include.journey.reconcile import Reconciled, reconcile
from include.journey.resolve import Resolved, resolve_party
from include.journey.submit import Submitted, open_lot, submit_lot
from include.journey.validate import Validated, circumstances_of, validate_lot
from include.ledger import deletion_requests, lots
from include.ledger.content import ContentStore
from include.ledger.deletion_requests import Wish
from include.ledger.locks import party_lock
from include.ledger.lots import Lot
from include.ledger.roles import grant_readers
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect, now_of
from include.maskinporten import settings as maskinporten_settings
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.register.asking import Patience
from include.register.session_transport import SessionTransport, TokenAuth
from include.sandbox import Sandbox
from include.sandbox.faults import FaultKind, FaultPlan, Latency
from include.sandbox.keys import KeyRing
from include.toll import settings as toll_settings
from include.toll.client import TollClient
from include.toll.exchange import toll_tokens
from include.toll.http_polls import HttpPolls
from include.vegvesen import settings as vegvesen_settings
from include.vegvesen.client import VegvesenClient
from include.vegvesen_register import settings as register_settings
from include.vegvesen_register.client import VegvesenRegister

ACCEPTED_HERE = "KJORETOY_OPPRETTET"


class _Hurried:
    """The module asyncio with sleeps cut short: stands in for it where a test need not sit out the pauses."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 50)


class Flights:
    """Watches requests at the authority: the order of their beginnings and ends, and how many were there at once.

    It sits where the sandbox asks how long a request takes; each takes `seconds`.
    """

    act_at = 1.0

    def __init__(self, service: Any, seconds: float) -> None:
        self.events: list[str] = []
        self.peak = 0
        self._seconds = seconds
        self._now = 0
        self._answer, service._answer = service._answer, self._answered

    def draw(self, *_: object) -> float:
        self.events.append("begins")
        self._now += 1
        self.peak = max(self.peak, self._now)
        return self._seconds

    def _answered(self, call: Any) -> Any:
        self.events.append("ends")
        self._now -= 1
        return self._answer(call)


class Night:
    """One party's nights, step by step or whole. Everything that a step takes in Airflow is an attribute here.

    `run` names the current run; a step for a lot takes its number. Like in Airflow, each step opens and closes its own
    connections, so any of them may be run again, side by side, or be cancelled.
    """

    def __init__(self, warehouse: str, sandbox: Sandbox, folder: Path) -> None:
        self.dsn = warehouse
        self.sandbox = sandbox
        self.store = ContentStore(str(folder / "store"))
        self.run = "run-1"
        self.party = Party.model_validate(
            {
                "id": "nordbil",
                "name": "Nordbil Import AS",
                "organisation_number": "310000019",
                "upload": "rename",
                "avgift": {"default": "101"},
            }
        )
        connections = sandbox.connections
        found = connections["vegvesen"]
        self.settings = vegvesen_settings.settings_from_extra(
            conn_id="vegvesen", host=found["host"], extra=found["extra"] | {"settle_seconds": 1, "read_timeout": 5}
        )
        found = connections["maskinporten"]
        self.maskinporten = maskinporten_settings.settings_from_extra(
            conn_id="maskinporten", host=found["host"], login=found["login"], extra=found["extra"]
        )
        self.drop_settings = settings_from_connection(
            conn_id="ecoc_sftp", **{key: value for key, value in connections["ecoc_sftp"].items() if key != "conn_type"}
        )
        self._tries = count(1)
        self.asks = False
        """Whether the register is asked before documents are sent."""
        self.inbox.mkdir(parents=True, exist_ok=True)

    def configure(self, **changes: Any) -> None:
        """Another block in parties.yaml for the same party."""
        self.party = Party.model_validate(self.party.model_dump() | changes)

    def turn(self, **changes: Any) -> None:
        """Other fields in the connection `vegvesen`."""
        self.settings = replace(self.settings, **changes)

    @property
    def folder(self) -> Path:
        return self.sandbox.drop_root / self.party.drop

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

    def names(self, folder: str = "inbox") -> list[str]:
        """Every file below a folder of the drop, by its name alone."""
        return sorted(path.name for path in (self.folder / folder).rglob("*") if not path.is_dir())

    def sql(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with connect(self.dsn) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str, *parameters: Any) -> Any:
        (row,) = self.sql(query, *parameters)
        (value,) = row.values()
        return value

    def states(self) -> dict[str, str]:
        """File or member name to exact state, of the newest sighting of that name."""
        rows = self.sql("SELECT name, member, state FROM ledger.sighting_status ORDER BY id")
        return {row["member"] or row["name"]: row["state"] for row in rows}

    def truth(self) -> Counter[str]:
        """How often each content created a vehicle, by SHA-256, as the authority wrote it down."""
        lines = self.sandbox.truth()
        return Counter(line["sha256"] for line in lines if line["op"] == "opprette" and line["result"] == ACCEPTED_HERE)

    @property
    def posts(self) -> int:
        """Requests that reached the authority's port so far, whatever became of them."""
        return self.sandbox.services["vegvesen"].requests

    def fault(self, *kinds: str, **options: Any) -> None:
        """The next requests to the authority go wrong, one after the other."""
        plan = {self.posts + number: FaultKind(kind) for number, kind in enumerate(kinds, start=1)}
        self.sandbox.knobs.faults["vegvesen"] = FaultPlan(at=plan, **options)

    def outage(self, kind: str, **options: Any) -> None:
        """Every request goes wrong until `heal`."""
        self.sandbox.knobs.faults["vegvesen"] = FaultPlan(rates={FaultKind(kind): 1.0}, **options)

    def heal(self) -> None:
        """The authority works again; the rest after a stop is over, and so are the leases of tasks that were killed."""
        self.sandbox.knobs.faults.clear()
        self.sandbox.knobs.latency.clear()
        self.sql("UPDATE ledger.run_gate SET until = now()")
        self.sql("UPDATE ledger.lease SET until = now()")

    def slow(self, seconds: float, service: str = "vegvesen") -> None:
        self.sandbox.knobs.latency[service] = Latency(seconds)

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
        settings = self.settings
        async with VegvesenClient(
            settings, TokenSource(self.maskinporten), Grant(scope=settings.scope, resource=settings.resource)
        ) as client:
            return await submit_lot(
                self.dsn,
                work=Work(self.party.id, self.run, lot, owner or f"try-{next(self._tries)}", try_number),
                label=f"lot {lot}",
                settings=settings,
                sender=client,
                store=self.store,
                stop=stop or asyncio.Event(),
                asking=Asking(self.register, every=self.party.baseline) if self.asks else None,
            )

    @cached_property
    def register(self) -> VegvesenRegister:
        """Statens vegvesen's own lookup; waits for nothing between its tries."""
        found = self.sandbox.connections["vegvesen_register"]
        settings = register_settings.settings_from_connection(
            conn_id="vegvesen_register", host=found["host"], extra=found["extra"] | {"read_timeout": 2}
        )
        auth = TokenAuth(TokenSource(self.maskinporten), Grant(scope=settings.scope))
        transport = SessionTransport(requests.Session(), auth, settings)
        return VegvesenRegister(settings, transport, patience=Patience(sleep=lambda _: None))

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
        settings = self.settings
        async with VegvesenClient(
            settings, TokenSource(self.maskinporten), Grant(scope=settings.scope, resource=settings.resource)
        ) as client:
            work = deleting.Work(
                party=self.party.id,
                owner=owner or f"try-{next(self._tries)}",
                settings=settings,
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

    async def whole(self, run: str | None = None) -> Reconciled:
        """A whole run, its lots one after the other; the sums must add up at its end."""
        self.run = run or self.run
        for lot in await self.through_validation():
            await self.send(lot.lot)
            await self.file(lot.lot)
        result = self.reconcile()
        result.raise_if_broken()
        return result


class Customs:
    """Tolletaten in the sandbox, and clients that speak to it over real sockets as the tasks do.

    `extra` are fields of the connection `toll`. What really happened is asked of the truth log.
    """

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.extra: dict[str, Any] = {"read_timeout": 5}
        self.naps: list[float] = []
        """The pauses the polls would have taken between tries."""
        found = sandbox.connections["maskinporten"]
        self.maskinporten = TokenSource(
            maskinporten_settings.settings_from_extra(
                conn_id="maskinporten", host=found["host"], login=found["login"], extra=found["extra"]
            )
        )

    @property
    def settings(self) -> toll_settings.TollSettings:
        found = self.sandbox.connections["toll"]
        return toll_settings.settings_from_connection(
            conn_id="toll", host=found["host"], extra=found["extra"] | self.extra
        )

    @cached_property
    def secrets(self) -> list[str]:
        """What was told to be masked."""
        return []

    def client(self, **extra: Any) -> TollClient:
        """A client to be used with `async with`, on tokens of its own."""
        self.extra |= extra
        settings = self.settings
        return TollClient(settings, self.tokens(), toll_settings.grant_for(settings, None))

    def tokens(self) -> Any:
        return toll_tokens(self.settings, self.maskinporten, on_secret=self.secrets.append)

    def polls(self, **extra: Any) -> HttpPolls:
        """Blocking: call it beside the event loop that the sandbox runs in, by `asyncio.to_thread`."""
        self.extra |= extra
        settings = self.settings
        auth = TokenAuth(self.tokens(), toll_settings.grant_for(settings, None))
        transport = SessionTransport(requests.Session(), auth, settings, service="Tolletaten")
        return HttpPolls(settings, transport, patience=Patience(sleep=self.naps.append))

    def fault(self, *kinds: str, lane: str = "toll", **options: Any) -> None:
        """The next requests of a lane (toll, toll_polls, toll_token) go wrong, one after the other."""
        number = self.sandbox.services[lane].requests
        plan = {number + place: FaultKind(kind) for place, kind in enumerate(kinds, start=1)}
        self.sandbox.knobs.faults[lane] = FaultPlan(at=plan, **options)

    def truth(self, op: str) -> list[dict[str, Any]]:
        """The lines of the truth log for present, exchange or signal."""
        return [line for line in self.sandbox.truth() if line["service"] == "toll" and line["op"] == op]

    def presented(self) -> Counter[str]:
        """How often each message, its requestId aside, was taken, by SHA-256."""
        return Counter(line["sha256"] for line in self.truth("present") if line["result"] == "TAKEN")


@pytest.fixture
async def customs(
    authority_keys: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Customs]:
    """A fresh Tolletaten with the current matrix; answers at once."""
    folder, pairs = authority_keys
    shutil.copytree(folder, tmp_path / "toll" / "keys")
    monkeypatch.setattr(KeyRing, "pair", lambda _, name: pairs[name])
    async with Sandbox(tmp_path / "toll", seed=7) as sandbox:
        yield Customs(sandbox)


@pytest.fixture(scope="session")
def authority_keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The authorities' keys, made once; reading one costs more than the rest of a sandbox's start."""
    folder = tmp_path_factory.mktemp("authority") / "keys"
    return folder, {name: KeyRing(folder).pair(name) for name in ("server", "client", "business")}


@pytest.fixture
def two_parties(warehouse: str) -> str:
    """A warehouse in which every relation of the mart has rows of two parties: nordbil and fjordimport."""
    steps = Path(__file__).with_name("two_parties.sql").read_text(encoding="utf-8").split("\n--\n")[1:]
    with connect(warehouse) as connection:
        for number, party in enumerate(("nordbil", "fjordimport"), start=1):
            name_party(connection, party, party.title(), "310000019", "Europe/Oslo")
            connection.execute("SET LOCAL session_replication_role = replica")
            for step in steps:
                connection.execute(step.encode(), {"party": party, "n": number})
        connection.commit()
        grant_readers(connection)
    return warehouse


@pytest.fixture
def minted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every assertion and access token that is made from now on, also in parts."""
    secrets: list[str] = []
    monkeypatch.setitem(TokenSource.__init__.__kwdefaults__, "on_secret", secrets.append)
    return secrets


@pytest.fixture
def hand_out(tmp_path: Path) -> Callable[[str], Path]:
    """Writes all that anybody is ever handed of a warehouse: exports in every format, and reports in both languages."""

    def written(dsn: str) -> Path:
        folder, month = tmp_path / "handed out", Period.month(date.today())
        with connect(dsn) as connection:
            grant_readers(connection)
            parties = [row["id"] for row in connection.execute("SELECT id FROM ledger.party")]
            for audience in (Audience(), *map(Audience, parties)):
                export(connection, folder, audience, month)
            for party in parties:
                for language in ("nb", "en"):
                    report = monthly_report(connection, party, party, month, language, datetime.now(UTC))
                    (folder / f"{party}.{language}.html").write_text(report.html + report.sentence, "utf-8")
        return folder

    return written


@pytest.fixture
async def night(
    warehouse: str, authority_keys: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Night]:
    """A party with an empty inbox, a fresh warehouse and authorities that work; nobody waits longer than needed."""
    for module in (submit, flight):
        monkeypatch.setattr(module, "asyncio", _Hurried())
    folder, pairs = authority_keys
    shutil.copytree(folder, tmp_path / "sandbox" / "keys")
    monkeypatch.setattr(KeyRing, "pair", lambda _, name: pairs[name])
    async with Sandbox(tmp_path / "sandbox", seed=7) as sandbox:
        yield Night(warehouse, sandbox, tmp_path)
