"""One party, its inbox and its warehouse during one case."""

from __future__ import annotations

import hashlib
import signal
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from include.ivi.samples import sample
from include.ledger.warehouse import connect
from tests.crash.nursery import Life, wait_until
from tests.crash.orders import Orders

if TYPE_CHECKING:
    from tests.crash.house import CrashHouse

CREATED = "KJORETOY_OPPRETTET"
CLOSED = "V9"
"""Documents of this variant are refused: their avgiftskode is not open."""
IN_FLIGHT = 16
CONNECTIONS = ("vegvesen", "vegvesen_register", "maskinporten", "ecoc_sftp")
ORGANISATION = "310000019"
#: What would only be sat out when another process has died.
_PATIENCE = {
    "include.ledger.gate:PROBE_SECONDS": 5,
    "include.ledger.budget:LEASE_SECONDS": 5,
    "include.journey.submit:_GATE_POLL_SECONDS": 0.05,
}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that an importer put into the inbox, and what has to become of it: created, refused, invalid or held."""

    name: str
    sha256: str
    fate: str


@dataclass(slots=True)
class Scene:
    """One party, its inbox and its warehouse during one case."""

    house: CrashHouse
    number: int
    dropped: list[Dropped] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    later: dict[str, bytes] = field(default_factory=dict)
    """Content that an importer brings after the first life of a sender."""
    patience: float = 0.15
    """Seconds without any sign of life after which nothing is on its way to the authority any more."""
    _truth_from: int = 0

    def __post_init__(self) -> None:
        self.inbox.mkdir(parents=True)
        self.folder.mkdir(parents=True)
        if self._truth_file.exists():
            self._truth_from = self._truth_file.stat().st_size

    @property
    def party(self) -> str:
        return f"c{self.number:04d}"

    @property
    def database(self) -> str:
        return f"crash_{self.number}"

    @property
    def dsn(self) -> str:
        return self.house.postgres.dsn(self.database)

    @property
    def folder(self) -> Path:
        return self.house.home / "cases" / self.party

    @property
    def drop(self) -> Path:
        return self.house.sandbox.drop_root / self.party

    @property
    def inbox(self) -> Path:
        return self.drop / "inbox"

    @property
    def marker(self) -> Path:
        return self.folder / "marks"

    @property
    def _truth_file(self) -> Path:
        return self.house.sandbox.home / "truth.jsonl"

    def content(self, number: int, **of_sample: Any) -> bytes:
        """A document that no other scene has."""
        return sample(number=self.number * 100_000 + number, **of_sample)

    def put(self, name: str, content: bytes, fate: str = "created") -> None:
        """Uploads as a well-behaved importer does: under another name, then renamed."""
        part = self.inbox / f"{name}.part"
        part.write_bytes(content)
        part.replace(self.inbox / name)
        self.dropped.append(Dropped(name, hashlib.sha256(content).hexdigest(), fate))

    def fill(self, documents: int) -> None:
        """Good documents, one in twenty-five refused by the authority and one in fifty that is no eCoC at all."""
        for number in range(documents):
            if number % 50 == 13:
                self.put(f"{number:05d}.xml", b'<nothing number="%d-%d"/>' % (self.number, number), "invalid")
            elif number % 25 == 7:
                self.put(f"{number:05d}.xml", self.content(number, variant=CLOSED), "refused")
            else:
                self.put(f"{number:05d}.xml", self.content(number))

    def orders(self, documents: int, **more: Any) -> Orders:
        """What a sender of this scene is told; groups are small, so that a hundred documents are many of them."""
        sandbox = self.house.sandbox
        party = {"id": self.party, "name": "Nordbil Import AS", "organisation_number": ORGANISATION}
        party |= {"upload": "rename", "lot_size": max(documents // 4, 5), "avgift": {"default": "101"}}
        group = min(max(documents // 5, 5), 50)
        groups = {f"include.journey.{step}:GROUP": group for step in ("collect", "validate", "file_away")}
        told = Orders(
            dsn=self.dsn,
            party=party,
            connections={name: sandbox.connections[name] for name in CONNECTIONS},
            store=str(self.folder / "store"),
            inbox=str(self.inbox),
            marker=str(self.marker),
            log=str(self.folder / "log"),
            postmaster=self.house.postgres.pid or 0,
            settings={"max_parallel": IN_FLIGHT, "settle_seconds": 1.0, "read_timeout": 5.0, "total_timeout": 8.0},
            constants={**groups, **_PATIENCE},
        )
        return replace(told, **{**more, "constants": {**told.constants, **more.get("constants", {})}})

    def live(self, orders: Orders, timeout: float = 180) -> int:
        """One life of a sender, to its end."""
        return self.begin(orders).wait(timeout)

    def begin(self, orders: Orders) -> Life:
        life = self.house.nursery.send(orders)
        self.lives.append(life)
        return life

    def end(self) -> None:
        """Nobody of this scene may still be at work in the next one."""
        for life in self.lives:
            if life.lives:
                life.signal(signal.SIGKILL)
                life.wait(10)

    def marks(self) -> list[str]:
        """Crash points in the order they were reached."""
        return self.marker.read_text().splitlines() if self.marker.exists() else []

    def log(self) -> str:
        """What the senders said."""
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        with connect(self.dsn) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def count(self, query: str, *parameters: object) -> int:
        return int(self.rows(f"SELECT count(*) AS n {query}", *parameters)[0]["n"])

    def truth(self) -> list[dict[str, Any]]:
        """What happened since this scene began, as the authorities wrote it; other scenes of this lane are over."""
        with self._truth_file.open("rb") as file:
            file.seek(self._truth_from)
            return [orjson.loads(line) for line in file]

    def created(self) -> Counter[str]:
        """How often each content created a vehicle since this scene began, by SHA-256."""
        return self.decided(CREATED)

    def decided(self, *results: str) -> Counter[str]:
        """How often the authority decided about each content since this scene began, by SHA-256: so, or in any way."""
        lines = [line for line in self.truth() if line["op"] == "opprette" and line["sha256"]]
        return Counter(line["sha256"] for line in lines if not results or line["result"] in results)

    @property
    def posts(self) -> int:
        """Requests that reached the authority."""
        return int(self.house.sandbox.services["vegvesen"].requests)

    def quiet(self) -> None:
        """Waits until the authority has done everything that was sent to it, and its lookup shows it."""
        seen, since = (-1, -1), time.monotonic()
        slow = self.house.sandbox.knobs.latency.get("vegvesen")
        patience = self.patience + (slow.seconds if slow else 0.0) + self.house.sandbox.knobs.lookup_lag_seconds
        while time.monotonic() - since < patience:
            size = self._truth_file.stat().st_size if self._truth_file.exists() else 0
            if (self.posts, size) != seen:
                seen, since = (self.posts, size), time.monotonic()
            time.sleep(0.02)

    def let_time_pass(self) -> None:
        """What only time would end is over: leases and rests of dead senders."""
        self.rows("UPDATE ledger.run_gate SET until = now() - interval '1 second' WHERE state <> 'open'")
        self.rows("UPDATE ledger.lease SET until = now() - interval '1 second'")

    def let_it_settle(self) -> None:
        """The authority has done everything that was sent to it, so the time to settle may be over."""
        self.quiet()
        self.rows(
            "UPDATE ledger.submission SET settle_until = now() - interval '1 second', look_again_at = NULL "
            "WHERE state IN ('SENT', 'UNKNOWN')"
        )

    def until_marked(self, seconds: float = 60) -> None:
        wait_until(lambda: bool(self.marks()), seconds, f"the crash point in case {self.party}")
