"""Seeded random nights: a process may die at every crash point, on a network that breaks what passes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from include.sandbox.faults import FaultKind, FaultPlan
from tests.crash.drills import Result, come_back
from tests.crash.given import RED
from tests.crash.house import CrashHouse
from tests.crash.oracle import is_open, judge
from tests.crash.orders import RESOLVE, STEPS, Dice, Orders
from tests.crash.proxy import FaultProxy, Toxics
from tests.crash.scene import CONNECTIONS, Scene

RATE = 0.004
"""Probability of a kill at each passage of each crash point."""
_MOST_LIVES = 80
_FAULTS = {
    FaultKind.ERROR_AFTER_ACCEPT: 0.01,
    FaultKind.LOST_REQUEST: 0.01,
    FaultKind.UNAVAILABLE: 0.01,
    FaultKind.CUT_BODY: 0.005,
}


@dataclass(slots=True)
class Naive:
    """What the naive sender did: documents created more than once, and how often it was killed."""

    doubled: int
    killed: int


@contextmanager
def bad_network(scene: Scene, seed: int) -> Iterator[dict[str, Any]]:
    """Connections through fault proxies before the authority (and, by every other seed, before the drop)."""
    sandbox = scene.house.sandbox
    toxics = Toxics(seed, latency=0.002, reset=0.01, cut=0.01, slow=0.02, lost_answer=0.02)
    found = {name: sandbox.connections[name] for name in CONNECTIONS}
    sandbox.knobs.faults["vegvesen"] = FaultPlan(rates=_FAULTS)
    with FaultProxy.tcp(sandbox.services["vegvesen"].port, toxics) as authority:
        found["vegvesen"] = found["vegvesen"] | {"host": f"http://127.0.0.1:{authority.port}"}
        if seed % 2 == 0:
            yield found
        else:
            flaky = Toxics(seed, reset=0.0005, cut=0.0005, slow=0.001)
            with FaultProxy.tcp(sandbox.drop.port, flaky) as drop:
                yield found | {"ecoc_sftp": found["ecoc_sftp"] | {"port": drop.port}}
    sandbox.knobs.faults.clear()


def random_night(house: CrashHouse, documents: int, seed: int, rate: float = RATE) -> Result:
    """Lives that end by chance, until one gets through; then the network heals and the night is finished."""
    with house.scene() as scene:
        scene.fill(documents)
        scene.patience = 0.5  # what a slow proxy still holds back arrives after its sender has died
        orders = scene.orders(documents, steps=(*RESOLVE, *STEPS))
        with bad_network(scene, seed) as connections:
            _live_and_die(scene, replace(orders, connections=connections), seed, rate)
        scene.let_time_pass()
        come_back(scene, replace(orders, steps=STEPS))
        return Result(judge(scene), scene.marks(), len(scene.lives))


def _live_and_die(scene: Scene, orders: Orders, seed: int, rate: float) -> None:
    for number in range(1, _MOST_LIVES):
        run = f"run-{1 + number // 4}"
        scene.let_it_settle()
        status = scene.live(
            replace(orders, run=run, try_number=number, dice=Dice(seed * 1_000 + number, rate)), timeout=300
        )
        if status not in (0, RED, -9):
            scene.problems.append(f"a sender broke with status {status}: {scene.log()[-600:]}")
            return
        scene.let_time_pass()
        if status == 0 and not is_open(scene):
            return


def naive_night(house: CrashHouse, documents: int, seed: int) -> Naive:
    """The same chances for the sender that records after it has sent."""
    with house.scene() as scene:
        for number in range(documents):
            scene.put(f"{number:05d}.xml", scene.content(number))
        orders = scene.orders(documents, naive=True)
        with bad_network(scene, seed) as connections:
            for number in range(1, _MOST_LIVES):
                dice = Dice(seed * 1_000 + number, RATE)
                if scene.live(replace(orders, connections=connections, dice=dice)) == 0:
                    break
        scene.quiet()
        doubled = sum(times > 1 for times in scene.created().values())
        return Naive(doubled, len(scene.marks()))
