"""Changes of leaseholders: the windows of that stream, judged by the truth log of the sandbox's authority."""

from __future__ import annotations

from dataclasses import dataclass, replace

from include.sandbox.faults import FaultKind, FaultPlan, Latency
from tests.crash.drills import Drill, Result
from tests.crash.fleet import OPEN, UNDECIDED, Fleet
from tests.crash.given import RED
from tests.crash.house import CrashHouse
from tests.crash.leaser import STEPS
from tests.crash.lost_commits import LostCommit
from tests.crash.orders import Charge, Dice
from tests.crash.points import mark

#: Probability of a kill at each passage of each crash point, and what the authority's side does by chance.
RATE = 0.01
_FAULTS = {
    FaultKind.LOST_ANSWER: 0.05,
    FaultKind.LOST_REQUEST: 0.03,
    FaultKind.ERROR_AFTER_ACCEPT: 0.03,
    FaultKind.CUT_BODY: 0.02,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A process dies at the `at`-th passage of a point (below 1: a share of the rows); fresh ones finish.

    With `first` another one died at that point before it, and what it left unknown is due to be settled. `naive`: what
    has no answer is simply sent again, which the judge has to see.
    """

    point: str
    at: float = 1
    first: str = ""
    latency: float = 0.0
    naive: bool = False

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        with house.scene() as scene:
            fleet = Fleet(scene)
            fleet.fill(documents)
            orders = fleet.orders(documents)
            if self.first:
                if not fleet.die(replace(orders, charges=(Charge(self.first, max(1, documents * 2 // 5)),))):
                    scene.problems.append("the first crash left nothing unknown")
                fleet.let_it_settle()
                scene.marker.unlink(missing_ok=True)
            if self.latency:
                house.sandbox.knobs.latency["vegvesen"] = Latency(self.latency)
            at = max(1, int(self.at * documents)) + seed % 3 if self.at < 1 else int(self.at)
            left = fleet.die(replace(orders, charges=(Charge(self.point, at),)))
            house.sandbox.knobs.latency.clear()
            if self.naive:
                scene.rows("ALTER TABLE ledger.leasing_change DISABLE TRIGGER leasing_moves")
                scene.rows("UPDATE ledger.leasing_change SET state = 'PENDING' WHERE state IN ('SENT', 'UNKNOWN')")
            fleet.come_back(orders)
            verdict = fleet.judge()
            if verdict.unknown:
                verdict.problems.append(f"{verdict.unknown} changes could not be settled after one crash")
            return Result(verdict, scene.marks(), len(scene.lives), left)


class LostChange(LostCommit):
    """The same of the leasing stream."""

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        with house.scene() as scene:
            fleet = Fleet(scene)
            fleet.fill(documents)
            orders = fleet.orders(documents)
            before = STEPS[: STEPS.index(self.step)]
            if scene.live(replace(orders, steps=before)) != 0:
                scene.problems.append(f"the run could not be prepared: {scene.log()[-600:]}")
            self.lose(scene, orders)
            scene.quiet()
            left = scene.count(UNDECIDED)
            fleet.come_back(orders)
            return Result(fleet.judge(), scene.marks(), len(scene.lives), left)


def side_by_side(house: CrashHouse, documents: int, seed: int) -> Result:
    """Four processes send the same party's changes at once, to a slow authority that loses answers."""
    with house.scene() as scene:
        fleet = Fleet(scene)
        fleet.fill(documents)
        orders = fleet.orders(documents)
        if scene.live(replace(orders, steps=("collect",))) != 0:
            scene.problems.append(f"the run could not be prepared: {scene.log()[-600:]}")
        house.sandbox.knobs.latency["vegvesen"] = Latency(0.02, sigma=0.5)
        house.sandbox.knobs.faults["vegvesen"] = FaultPlan(rates={FaultKind.LOST_ANSWER: 0.03})
        lives = [scene.begin(replace(orders, steps=("send",), run=f"run-{number}")) for number in range(4)]
        ends = [life.wait(120) for life in lives]
        mark(str(scene.marker), "four senders")
        if set(ends) - {0, RED}:
            scene.problems.append(f"senders side by side ended with {ends}: {scene.log()[-600:]}")
        house.sandbox.knobs.latency.clear()
        house.sandbox.knobs.faults.clear()
        fleet.come_back(orders)
        return Result(fleet.judge(), scene.marks(), len(scene.lives))


def by_chance(house: CrashHouse, documents: int, seed: int) -> Result:
    """Lives that end by chance at an authority that loses answers and requests, until one gets through."""
    with house.scene() as scene:
        fleet = Fleet(scene)
        fleet.fill(documents)
        orders = fleet.orders(documents)
        house.sandbox.knobs.faults["vegvesen"] = FaultPlan(rates=_FAULTS)
        for number in range(1, 7):
            dice = Dice((seed + 1) * 1_000 + number, RATE)
            status = scene.live(replace(orders, dice=dice, try_number=number, run=f"run-{number}"))
            fleet.let_it_settle()
            if status == 0 and not scene.count(OPEN):
                break
        house.sandbox.knobs.faults.clear()
        fleet.come_back(orders)
        return Result(fleet.judge(), scene.marks(), len(scene.lives))


CHANGING: tuple[tuple[str, str, Drill], ...] = (
    ("W2", "rows of a leasing file not committed", Cut(point="changes not committed", at=2)),
    ("W3", "changes stored, about to claim", Cut(point="about to claim changes")),
    ("W4", "first change claimed, nothing written", Cut(point="changes claimed")),
    ("W4", "changes claimed, nothing written", Cut(point="changes claimed", at=4)),
    ("W4", "change before the first byte", Cut(point="before the first byte", at=0.4)),
    ("W5", "change on the wire", Cut(point="written", at=0.4)),
    ("W5", "sixteen changes at a slow authority", Cut(point="written", at=0.4, latency=0.15)),
    ("W6", "change answered, not recorded", Cut(point="change answered", at=0.4)),
    ("W6", "evidence of a change not committed", Cut(point="evidence of a change not committed", at=0.4)),
    ("W7", "evidence of a change committed", Cut(point="change recorded", at=0.4)),
    ("W7", "move of a leasing file planned", Cut(point="move of changes planned", at=2)),
    ("W7", "leasing file renamed", Cut(point="renamed one", at=2)),
    ("W7", "receipt of a leasing file not marked", Cut(point="changes not marked as told", at=2)),
    ("W8", "overdue changes counted as unknown", Cut(point="overdue changes are unknown", first="written")),
    ("W8", "changes looked up, nothing written", Cut(point="changes looked up", first="written")),
    ("W8", "change settled, not committed", Cut(point="change settled, not committed", at=2, first="written")),
    ("W14", "four senders of changes", side_by_side),
    ("W14", "changes, random kills", by_chance),
    (
        "W20",
        "commit of a leasing file unheard",
        LostChange(
            "commit of a leasing file", "collect", b"INSERT INTO ledger.leasing_change", "FROM ledger.leasing_change"
        ),
    ),
    (
        "W20",
        "intent of a change unheard",
        LostChange(
            "intent of a change",
            "send",
            b"UPDATE ledger.leasing_change SET state = 'SENT'",
            "FROM ledger.leasing_change WHERE state = 'SENT'",
            2,
            alone=True,
        ),
    ),
    (
        "W20",
        "commit of a change's evidence unheard",
        LostChange(
            "evidence of a change", "send", b"INSERT INTO ledger.leasing_attempt", "FROM ledger.leasing_attempt", 3
        ),
    ),
)
