"""W8: how a lost answer is settled, cut in the resolution itself, and what happens when it asks too early."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from include.sandbox.faults import Latency
from tests.crash.drills import Result, come_back, undecided
from tests.crash.house import CrashHouse
from tests.crash.oracle import Verdict, judge
from tests.crash.orders import RESOLVE, STEPS, Charge, Orders
from tests.crash.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """A sender dies at `first`; when the time to settle is over, the process that resolves dies at `point`.

    With `steps` of a whole night after the resolution, it is the one automatic re-send that is cut.
    """

    point: str
    at: int = 1
    first: str = "written"
    steps: tuple[str, ...] = RESOLVE
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        with house.scene() as scene:
            house.sandbox.knobs.turn(dict(self.knobs))
            scene.fill(documents)
            orders = scene.orders(documents)
            left = _die(scene, replace(orders, charges=(Charge(self.first, _share(self.first, documents)),)))
            if not left:
                scene.problems.append(f"the first crash left nothing unknown: {scene.log()[-600:]}")
            scene.let_it_settle()
            scene.marker.unlink()
            _die(scene, replace(orders, run="run-2", steps=self.steps, charges=(Charge(self.point, self.at),)))
            come_back(scene, orders)
            return Result(judge(scene), scene.marks(), len(scene.lives), left)


def _share(point: str, documents: int) -> int:
    return 3 if point == "claimed" else max(1, documents * 2 // 5)


def _die(scene: Scene, orders: Orders) -> int:
    """One life that must end by SIGKILL; how many documents it leaves undecided."""
    if (status := scene.live(orders)) != -signal.SIGKILL:
        scene.problems.append(f"a life ended with {status}, not by a kill: {scene.log()[-600:]}")
    scene.quiet()
    scene.let_time_pass()
    return undecided(scene)


def once_more(**more: Any) -> Settle:
    """The documents were never written, so the register does not have them and they are sent once more."""
    return Settle(first="claimed", steps=(*RESOLVE, *STEPS), **more)


def asked_too_early(house: CrashHouse, documents: int) -> Verdict:
    """The control of the time to settle: the authority is slow, and the resolution asks before it is over."""
    with house.scene() as scene:
        scene.fill(documents)
        orders = scene.orders(documents, charges=(Charge("written", documents * 2 // 5),))
        house.sandbox.knobs.latency["vegvesen"] = Latency(1.5)
        orders = replace(orders, settings=orders.settings | {"read_timeout": 10.0, "total_timeout": 15.0})
        for lot_by_lot in (orders, replace(orders, charges=(), run="run-2", steps=(*RESOLVE, *STEPS))):
            scene.live(lot_by_lot)
            scene.let_time_pass()
            scene.rows("UPDATE ledger.submission SET settle_until = now() WHERE state = 'SENT'")  # a wrong setting
        scene.quiet()
        return judge(scene)
