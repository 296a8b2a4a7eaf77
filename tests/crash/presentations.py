"""W9: runs of presentations that are cut everywhere, judged by the truth log of the sandbox's customs."""

# longer because drills, driver and judge of this one stream stand beside each other

from __future__ import annotations

import hashlib
import json
import signal
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from include.sandbox.faults import FaultKind, FaultPlan, Latency
from tests.crash.drills import Drill, Result
from tests.crash.given import RED
from tests.crash.house import CrashHouse
from tests.crash.oracle import Verdict
from tests.crash.orders import Charge, Dice, Orders
from tests.crash.points import mark
from tests.crash.presenter import STEPS
from tests.crash.scene import Scene

OFFICE = "NO351001"
IN_FLIGHT = 8
MOST_LIVES = 15
_HEAD = "level;document_number;document_type;office"
_PER_FILE = 25
#: Probability of a kill at each passage of each crash point, and what the authority's side does by chance.
RATE = 0.01
_FAULTS = {
    FaultKind.LOST_ANSWER: 0.05,
    FaultKind.LOST_REQUEST: 0.03,
    FaultKind.ERROR_AFTER_ACCEPT: 0.03,
    FaultKind.UNAVAILABLE: 0.02,
    FaultKind.CUT_BODY: 0.02,
}
_PATIENCE = {
    "include.ledger.gate:PROBE_SECONDS": 5,
    "include.ledger.budget:LEASE_SECONDS": 5,
    "include.journey.present:_GATE_POLL_SECONDS": 0.05,
}
_UNDECIDED = "FROM ledger.presentation WHERE state IN ('PENDING', 'SENT', 'UNKNOWN') OR validation IS NULL"
_OPEN_FILES = "FROM ledger.presentation_file WHERE state IN ('OPEN', 'TAKEN') OR filed_at IS NULL"


@dataclass(slots=True)
class Landing:
    """One party's folder of presentations during one case. `good` are the numbers that must be presented once each."""

    scene: Scene
    good: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def fill(self, documents: int) -> None:
        """Files of a few rows: one in thirty is bad, one in twenty names what an earlier row presents."""
        folder = self.scene.drop / "presentations"
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [f"S{self.scene.number:04d}-{number:05d}" for number in range(documents)]
        for at in range(0, documents, _PER_FILE):
            lines = [_HEAD]
            for place, number in enumerate(numbers[at : at + _PER_FILE], start=at):
                kind = "X999" if place % 30 == 11 else "N740"
                (self.bad if kind == "X999" else self.good).append(number)
                lines.append(f"house;{number};{kind};{OFFICE}")
                if place % 20 == 7:
                    lines.append(f"house;{self.good[0]};N740;{OFFICE}")
            content = ("\r\n".join(lines) + "\r\n").encode()
            name = f"{at:05d}.csv"
            part = folder / f"{name}.part"
            part.write_bytes(content)
            part.replace(folder / name)
            self.files[name] = hashlib.sha256(content).hexdigest()

    def orders(self, documents: int, **more: Any) -> Orders:
        """What a sender is told."""
        sandbox = self.scene.house.sandbox
        sandbox.knobs.turn({"toll_goods": "any"})
        told = self.scene.orders(
            documents,
            stream="presentation",
            steps=STEPS,
            connections={name: sandbox.connections[name] for name in ("toll", "maskinporten", "ecoc_sftp")},
            settings={"max_parallel": IN_FLIGHT, "settle_seconds": 1.0, "read_timeout": 3.0, "total_timeout": 5.0},
            party={
                "id": self.scene.party,
                "name": "Nordfly AS",
                "organisation_number": "310000019",
                "roles": ["customs"],
                "upload": "rename",
            },
        )
        return replace(told, constants=_PATIENCE, **more)

    def presented(self) -> Counter[str]:
        """How often each number of this scene was taken by customs, whatever its requestIds."""
        digests = {_digest(number): number for number in (*self.good, *self.bad)}
        with (self.scene.house.sandbox.home / "truth.jsonl").open("rb") as file:
            lines = [orjson.loads(line) for line in file]
        return Counter(
            digests[line["sha256"]]
            for line in lines
            if line["op"] == "present" and line["result"] == "TAKEN" and line["sha256"] in digests
        )

    def quiet(self) -> None:
        """Waits until nothing is on its way to customs any more."""
        service = self.scene.house.sandbox.services["toll"]
        slow = self.scene.house.sandbox.knobs.latency.get("toll")
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < 0.3 + (slow.seconds if slow else 0.0):
            if service.requests != seen:
                seen, since = service.requests, time.monotonic()
            time.sleep(0.02)

    def let_time_pass(self) -> None:
        """Pauses, times to settle, leases and rests of dead senders are over."""
        self.quiet()
        self.scene.rows("UPDATE ledger.presentation SET repeat_at = now()")
        self.scene.rows("UPDATE ledger.presentation SET settle_until = now() WHERE state = 'SENT'")
        self.scene.let_time_pass()

    def come_back(self, orders: Orders) -> None:
        """Fresh processes finish it: the same run as a retry does, then new runs."""
        for number in range(2, MOST_LIVES):
            self.let_time_pass()
            run = "run-1" if number == 2 else f"run-{number}"
            status = self.scene.live(replace(orders, charges=(), dice=None, again=1, try_number=number, run=run))
            if status not in (0, RED):
                self.scene.problems.append(f"a sender broke with status {status}: {self.scene.log()[-600:]}")
                return
            if status == 0 and not self.scene.count(_UNDECIDED) and not self.scene.count(_OPEN_FILES):
                return
        self.scene.problems.append(f"after {MOST_LIVES} lives something is open still: {self.scene.log()[-600:]}")

    def judge(self) -> Verdict:
        """Compares folder, ledger and truth log."""
        verdict, presented = Verdict(problems=list(self.scene.problems)), self.presented()
        states = {
            row["document_number"]: row["state"] + "/" + (row["validation"] or "")
            for row in self.scene.rows("SELECT document_number, state, validation FROM ledger.presentation WHERE live")
        }
        verdict.created = sum(presented.values())
        verdict.doubled += [f"{number} was presented {times} times" for number, times in presented.items() if times > 1]
        verdict.wrong += [f"{number} is a bad row and was presented" for number in self.bad if presented[number]]
        for number in self.good:
            if not presented[number]:
                verdict.lost.append(f"{number} is {states.get(number)} and was never presented")
            elif states.get(number) != "ACCEPTED/SUCCESS":
                verdict.wrong.append(f"{number} is {states.get(number)} and was presented")
        self._judge_files(verdict)
        return verdict

    def _judge_files(self, verdict: Verdict) -> None:
        drop = self.scene.drop
        left = sorted(path.name for path in (drop / "presentations").iterdir())
        verdict.problems += [f"left in the folder: {left}"] if left else []
        filed = Counter(
            hashlib.sha256(path.read_bytes()).hexdigest() for path in (drop / "archive").rglob("*") if path.is_file()
        )
        for name, sha256 in self.files.items():
            if filed[sha256] != 1:
                verdict.lost.append(f"{name} lies {filed[sha256]} times in the archive")
            receipts = list((drop / "receipts").glob(f"{name}.*.presentation.json"))
            if len(receipts) != 1:
                verdict.problems.append(f"{name} has {len(receipts)} receipts")
                continue
            standings = {row["standing"] for row in json.loads(receipts[0].read_text("utf-8"))["rows"]}
            if not standings <= {"validated", "bad", "again"}:
                verdict.problems.append(f"the receipt of {name} tells {sorted(standings)}")


def _digest(number: str) -> str:
    """The hash by which customs' log names what was presented: level and message, the requestId left out."""
    body = {
        "customsOfficeOfPresentation": OFFICE,
        "transportDocumentHouseLevel": {"documentNumber": number, "type": "N740"},
    }
    return hashlib.sha256(orjson.dumps(["house-consignment", body], option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One process dies at the `at`-th passage of a point (below 1: a share of the rows); fresh ones finish."""

    point: str
    at: float = 1
    latency: float = 0.0
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        with house.scene() as scene, _Turned(house, self.knobs):
            landing = Landing(scene)
            landing.fill(documents)
            if self.latency:
                house.sandbox.knobs.latency["toll"] = Latency(self.latency)
            at = max(1, int(self.at * documents)) if self.at < 1 else int(self.at)
            orders = landing.orders(documents, charges=(Charge(self.point, at),))
            status = scene.live(orders)
            if status != -signal.SIGKILL:
                scene.problems.append(f"the first life ended with {status}: {scene.log()[-600:]}")
            landing.quiet()
            left = scene.count("FROM ledger.presentation WHERE state IN ('SENT', 'UNKNOWN')")
            if left > IN_FLIGHT:
                scene.problems.append(f"{left} unknown after one crash, more than {IN_FLIGHT}")
            house.sandbox.knobs.latency.pop("toll", None)
            landing.come_back(orders)
            return Result(landing.judge(), scene.marks(), len(scene.lives), left)


class _Turned:
    """Turns knobs of customs and turns them back."""

    def __init__(self, house: CrashHouse, knobs: Mapping[str, Any]) -> None:
        self._house, self._knobs = house, dict(knobs)

    def __enter__(self) -> None:
        found = self._house.sandbox.knobs
        self._before = {name: getattr(found, name) for name in (*self._knobs, "toll_goods")}
        found.turn(self._knobs)

    def __exit__(self, *_: object) -> None:
        self._house.sandbox.knobs.turn(self._before)
        self._house.sandbox.knobs.faults.pop("toll", None)


def side_by_side(house: CrashHouse, documents: int, seed: int) -> Result:
    """Four processes present the same party's rows at once, at a slow customs that loses answers."""
    with house.scene() as scene, _Turned(house, {}):
        landing = Landing(scene)
        landing.fill(documents)
        orders = landing.orders(documents)
        if scene.live(replace(orders, steps=("take", "check"))) != 0:
            scene.problems.append(f"the run could not be prepared: {scene.log()[-600:]}")
        house.sandbox.knobs.latency["toll"] = Latency(0.02, sigma=0.5)
        house.sandbox.knobs.faults["toll"] = FaultPlan(rates={FaultKind.LOST_ANSWER: 0.05})
        lives = [scene.begin(replace(orders, steps=("present",), run=f"run-{number}")) for number in range(4)]
        ends = [life.wait(120) for life in lives]
        mark(str(scene.marker), "four senders")
        if set(ends) - {0, RED}:
            scene.problems.append(f"senders side by side ended with {ends}: {scene.log()[-600:]}")
        house.sandbox.knobs.latency.pop("toll", None)
        house.sandbox.knobs.faults.pop("toll", None)
        landing.come_back(orders)
        return Result(landing.judge(), scene.marks(), len(scene.lives))


@dataclass(frozen=True, slots=True)
class ByChance:
    """Lives that end by chance at a customs that loses answers and requests, until one gets through."""

    seed: int
    reuse: str = "synchronous"
    naive: bool = False

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        with house.scene() as scene, _Turned(house, {"toll_reuse": self.reuse}):
            landing = Landing(scene)
            landing.fill(documents)
            house.sandbox.knobs.faults["toll"] = FaultPlan(rates=_FAULTS)
            orders = landing.orders(documents, naive=self.naive)
            for number in range(1, 6 if self.naive else 40):
                dice = Dice((self.seed + seed) * 1_000 + number, RATE)
                status = scene.live(replace(orders, dice=dice, try_number=number, run=f"run-{number}"))
                landing.let_time_pass()
                if status == 0 and not scene.count(_UNDECIDED):
                    break
            house.sandbox.knobs.faults.pop("toll", None)
            if not self.naive:
                landing.come_back(orders)
            return Result(landing.judge(), scene.marks(), len(scene.lives))


_LATE = {"toll_reuse": "asynchronous"}
PRESENTING: tuple[tuple[str, Drill], ...] = (
    ("file stored, no identity", Cut(point="bytes stored", at=2)),
    ("identity not committed", Cut(point="presentation taken", at=2)),
    ("rows opened, not committed", Cut(point="presentation rows opened", at=2)),
    ("requestIds committed, nothing claimed", Cut(point="about to claim requests")),
    ("first request claimed", Cut(point="requests claimed")),
    ("requests claimed, nothing written", Cut(point="requests claimed", at=4)),
    ("request before the first byte", Cut(point="before the first byte", at=0.3)),
    ("request on the wire", Cut(point="written", at=0.3)),
    ("eight requests at a slow customs", Cut(point="written", at=0.3, latency=0.15)),
    ("answers in hand", Cut(point="answers of customs", at=5)),
    ("answers in hand, reuse told by the status feed only", Cut(point="answers of customs", at=5, knobs=_LATE)),
    ("evidence of requests not committed", Cut(point="evidence of requests not committed", at=4)),
    ("evidence of requests committed", Cut(point="answers recorded", at=4)),
    ("statuses not committed", Cut(point="statuses recorded")),
    ("file about to move", Cut(point="presentation move planned", at=2)),
    ("file renamed", Cut(point="renamed one", at=2)),
    ("receipt of a file half written", Cut(point="receipt written", at=5)),
    ("receipts of a file written, not marked", Cut(point="presentation told", at=2)),
    ("four senders at once", side_by_side),
    ("random kills, seed 1", ByChance(1)),
    ("random kills, seed 2, reuse told by the status feed only", ByChance(2, "asynchronous")),
    ("random kills, seed 3", ByChance(3)),
)
