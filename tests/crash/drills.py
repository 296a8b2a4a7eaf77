"""How a case runs: drop, crash, come back until nothing is open, be judged."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from include.journey.evidence import GROUP
from include.ledger.content import sha256
from include.sandbox.faults import Latency
from tests.crash.given import RED
from tests.crash.house import CrashHouse
from tests.crash.oracle import Verdict, is_open, judge
from tests.crash.orders import RESOLVE, Charge, Deed, Orders
from tests.crash.scene import IN_FLIGHT, Dropped, Scene

MOST_LIVES = 12
#: What one killed process may leave undecided: what is on the wire, and a group of answers not committed.
MOST_UNKNOWN = IN_FLIGHT + GROUP
_UNDECIDED = "FROM ledger.submission WHERE state IN ('SENT', 'UNKNOWN')"


@dataclass(slots=True)
class Result:
    """How a case ended. `hit` are the crash points that were really reached."""

    verdict: Verdict
    hit: list[str]
    lives: int
    unknown_after_crash: int = 0


Prepare = Callable[[Scene, int], None]
Drill = Callable[[CrashHouse, int, int], Result]


def fill(scene: Scene, documents: int) -> None:
    """The ordinary inbox."""
    scene.fill(documents)


def nothing(scene: Scene) -> None:
    """No change between the crash and the next life."""


def come_back(scene: Scene, orders: Orders) -> None:
    """Fresh processes finish it: the same run as a retry does, then, in turns, resolutions and new runs."""
    for number in range(2, MOST_LIVES + 2):
        life = replace(orders, charges=(), dice=None, try_number=number, again=1)
        if number > 2:
            scene.let_it_settle()
            life = replace(life, run=f"run-{number}", steps=(*RESOLVE, *orders.steps))
        status = scene.live(life)
        if status not in (0, RED):
            scene.problems.append(f"a sender broke with status {status}: {scene.log()[-600:]}")
            return
        scene.let_time_pass()
        if number > 2 and status == 0 and not is_open(scene) and not undecided(scene):
            return
    scene.problems.append(f"after {MOST_LIVES} more lives something is open still: {scene.log()[-600:]}")


def undecided(scene: Scene) -> int:
    """How many documents were sent, or may have been, and have no answer."""
    return scene.count(_UNDECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One process dies (or another deed is done) at the `at`-th passage of a point; fresh ones finish the night.

    `at` below 1 is a share of the documents. `before` prepares the inbox, `between` happens after the crash.
    """

    point: str
    at: float = 1
    deed: Deed = "kill"
    before: Prepare = fill
    between: Callable[[Scene], None] = nothing
    latency: float = 0.0
    also: tuple[Charge, ...] = ()
    constants: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        with house.scene() as scene:
            self.before(scene, documents)
            if self.latency:
                house.sandbox.knobs.latency["vegvesen"] = Latency(self.latency)
            orders = scene.orders(documents, constants=self.constants)
            if (scene.folder / "newer").is_dir():
                newer = {path.name: str(path) for path in (scene.folder / "newer").iterdir()}
                orders = replace(orders, newer=newer)
            at = max(1, int(self.at * documents)) if self.at < 1 else int(self.at)
            charges = (*self.also, Charge(self.point, at + seed % 3 if self.at < 1 else at, self.deed))
            return _crash_and_return(scene, replace(orders, charges=charges), self)


def _crash_and_return(scene: Scene, orders: Orders, kill: Kill) -> Result:
    status = scene.live(orders)
    if kill.deed == "kill_postgres":
        scene.house.restart_postgres()
    expected = -signal.SIGKILL if kill.deed == "kill" else RED
    if status != expected:
        scene.problems.append(f"the first life ended with {status}, not {expected}: {scene.log()[-600:]}")
    scene.quiet()
    left = undecided(scene)
    if left > MOST_UNKNOWN:
        scene.problems.append(f"{left} unknown after one crash, more than {MOST_UNKNOWN}")
    kill.between(scene)
    scene.house.sandbox.knobs.latency.clear()
    scene.let_time_pass()
    come_back(scene, replace(orders, dsn=scene.dsn, postmaster=scene.house.postgres.pid or 0))
    verdict = judge(scene)
    if verdict.unknown:
        verdict.problems.append(f"{verdict.unknown} documents could not be settled after one crash")
    return Result(verdict, scene.marks(), len(scene.lives), left)


def worn_tokens(scene: Scene, documents: int) -> None:
    """The usual inbox, and an authority that wants a fresh token for each tenth of it."""
    scene.fill(documents)
    scene.house.sandbox.knobs.turn({"token_documents": max(documents // 10, 1)})


def halves(scene: Scene, documents: int) -> None:
    """The usual inbox, and three files of which the first half has come."""
    scene.fill(documents - 3)
    for number in range(3):
        content = scene.later[f"half-{number}.xml"] = scene.content(documents + number)
        (scene.inbox / f"half-{number}.xml").write_bytes(content[: len(content) // 2])


def halves_end(scene: Scene) -> None:
    """The uploads go on and end."""
    for name, content in scene.later.items():
        scene.put(name, content)


def twins(scene: Scene, documents: int) -> None:
    """Half of the files are the other half again, under other names."""
    for number in range(documents // 2):
        content = scene.content(number)
        scene.put(f"first-{number:05d}.xml", content)
        scene.put(f"again-{number:05d}.xml", content)


def dropped_again(scene: Scene) -> None:
    """After the crash the importer drops everything once more, under other names."""
    for number in range(len(scene.dropped)):
        fate = scene.dropped[number].fate
        if fate == "created":
            scene.put(f"again-{number:05d}.xml", scene.content(number))


def poisoned(scene: Scene, documents: int) -> None:
    """One document that hurts who reads it, among good ones; it comes first."""
    entity = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
    scene.put("00000-poison.xml", entity, "invalid")
    scene.fill(documents - 1)


def overwritten(scene: Scene, documents: int) -> None:
    """For two files an importer has newer content at hand, which replaces the old one before it is filed away."""
    scene.fill(documents)
    (scene.folder / "newer").mkdir()
    for number in (1, 2):
        content = scene.later[f"{number:05d}.xml"] = scene.content(documents + number, pad_to=25_000)
        (scene.folder / "newer" / f"{number:05d}.xml").write_bytes(content)


def newer_arrived(scene: Scene) -> None:
    """What the importer put in the place of older files counts as dropped."""
    for name, content in scene.later.items():
        scene.dropped.append(Dropped(name, sha256(content), "created"))


def one_reference(scene: Scene, documents: int) -> None:
    """Two contents with one reference and VIN: the first is sent, the other waits for a person."""
    scene.fill(documents - 2)
    for name, size, fate in (("00100a.xml", 20_000, "created"), ("00100b.xml", 25_000, "held")):
        scene.put(name, scene.content(documents, pad_to=size), fate)
