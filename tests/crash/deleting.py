"""W19: deletions that are cut anywhere, and the same documents created anew afterwards (create, delete, create)."""

from __future__ import annotations

import signal
from collections import defaultdict
from dataclasses import dataclass, replace

from include.config.party import Party
from include.ledger import deletion_requests
from include.ledger.deletion_requests import Wish
from include.ledger.warehouse import connect
from tests.crash.drills import MOST_LIVES, Result, undecided
from tests.crash.given import RED
from tests.crash.house import CrashHouse
from tests.crash.oracle import Verdict, is_open
from tests.crash.orders import RESOLVE, STEPS, Charge, Orders
from tests.crash.scene import CREATED, Scene

DELETED, GONE = "KJORETOY_SLETTET", "UKJENT_UNR_OG_MERKE"
DELETE = ("approve", "delete")
_OPEN = "FROM ledger.submission WHERE operation = 'slette' AND state IN ('PENDING', 'SENT', 'UNKNOWN')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """A process that deletes what a night created dies at `point`; fresh ones finish, then everything is dropped again.

    With `before` an earlier process died at that point, and it is the one automatic re-send that is cut: then a person
    may have to decide. `baseline` false: the register is not asked before, so only the answer to the re-send can tell.
    """

    point: str
    at: int = 2
    before: str = ""
    baseline: bool = True

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        with house.scene() as scene:
            documents = min(documents, 40)  # one after the other: more of them show nothing more
            for number in range(documents):
                scene.put(f"{number:05d}.xml", scene.content(number))
            orders = scene.orders(documents)
            orders = replace(orders, party=orders.party | {"baseline": self.baseline})
            _alive(scene, orders)
            ask_for_all(scene, orders)
            work = replace(orders, steps=DELETE)
            if self.before:
                _die(scene, replace(work, charges=(Charge(self.before, documents),)))  # the last one alone is left
                scene.let_it_settle()
                scene.marker.unlink()
                work = replace(work, steps=(*RESOLVE, *DELETE))
                _die(scene, replace(work, charges=(Charge(self.point, 1),)))
            else:
                at = self.at + seed % 3 if self.at > 1 else 1
                _die(scene, replace(work, charges=(Charge(self.point, at),)))
            left = undecided(scene)
            if left > 1:
                scene.problems.append(f"{left} deletions unknown after one crash: they are sent one at a time")
            _come_back(scene, replace(orders, steps=DELETE))
            verdict = judge_deletions(scene, deleted=True)
            _create_anew(scene, orders, documents)
            again = judge_deletions(scene, deleted=False)
            if verdict.unknown and not self.before:
                verdict.problems.append(f"{verdict.unknown} deletions could not be settled after one crash")
            return Result(_both(verdict, again), scene.marks(), len(scene.lives), left)


def ask_for_all(scene: Scene, orders: Orders) -> None:
    """Every document of the scene is asked to be deleted, and offered to a person."""
    party = Party.model_validate(orders.party)
    vins = [row["vin"] for row in scene.rows("SELECT vin FROM ledger.document ORDER BY id")]
    wishes = [Wish(row_no=number, key=vin, reason="drill") for number, vin in enumerate(vins, start=1)]
    with connect(scene.dsn) as connection:
        deletion_requests.ask(connection, party.id, wishes, asked_by="drill", run_id="delete")
        offered = deletion_requests.offer(connection, party.id, party.sender, "delete")
    if len(offered) != len(vins):
        scene.problems.append(f"{len(offered)} of {len(vins)} deletions were offered")


def _alive(scene: Scene, orders: Orders) -> None:
    if (status := scene.live(orders)) != 0:
        scene.problems.append(f"a life without a crash ended with {status}: {scene.log()[-600:]}")


def _die(scene: Scene, orders: Orders) -> None:
    if (status := scene.live(orders)) != -signal.SIGKILL:
        scene.problems.append(f"a life ended with {status}, not by a kill: {scene.log()[-600:]}")
    scene.quiet()
    scene.let_time_pass()


def _come_back(scene: Scene, orders: Orders) -> None:
    for number in range(2, MOST_LIVES + 2):
        scene.let_it_settle()
        life = replace(orders, charges=(), steps=(*RESOLVE, *orders.steps), try_number=number, again=2)
        if (status := scene.live(life)) not in (0, RED):
            scene.problems.append(f"a sender broke with status {status}: {scene.log()[-600:]}")
            return
        scene.let_time_pass()
        if not scene.count(_OPEN):
            return
    scene.problems.append(f"after {MOST_LIVES} more lives a deletion is open still: {scene.log()[-600:]}")


def _create_anew(scene: Scene, orders: Orders, documents: int) -> None:
    for number in range(documents):
        scene.put(f"again-{number:05d}.xml", scene.content(number))
    _alive(scene, replace(orders, run="run-again", steps=STEPS, try_number=50))
    if is_open(scene):
        scene.problems.append(f"what was dropped anew is open still: {scene.log()[-600:]}")


def judge_deletions(scene: Scene, *, deleted: bool) -> Verdict:
    """Compares the ledger with the order of creations and deletions that the authority wrote down."""
    verdict = Verdict(problems=list(scene.problems))
    scene.problems.clear()
    happened: dict[str, list[str]] = defaultdict(list)
    for line in scene.truth():
        if line["result"] in (CREATED, DELETED):
            happened[line["sha256"]].append("created" if line["result"] == CREATED else "deleted")
    wanted = ["created", "deleted"] if deleted else ["created", "deleted", "created"]
    states = _states(scene)
    for sha256 in {dropped.sha256 for dropped in scene.dropped}:
        short, events, state = sha256[:12], happened[sha256], states.get(sha256, "in no state")
        is_there = bool(events) and events[-1] == "created"
        if events.count("created") > events.count("deleted") + 1 or len(events) > len(wanted):
            verdict.doubled.append(f"{short}: {', '.join(events)}")
        elif state in ("UNKNOWN", "SENT", "NEEDS_PERSON"):
            verdict.unknown += 1
        elif (state == "ACCEPTED") != is_there:
            verdict.wrong.append(f"{short} is {state}, and the authority: {', '.join(events)}")
        elif events != wanted:
            verdict.lost.append(f"{short} is {state}, and the authority: {', '.join(events)}")
    verdict.created = sum(events.count("created") for events in happened.values())
    return verdict


def _states(scene: Scene) -> dict[str, str]:
    """The newest creation of each document, or its deletion where that is undecided."""
    rows = scene.rows(
        "SELECT d.sha256, coalesce((SELECT x.state FROM ledger.submission x WHERE x.document_id = d.id "
        "AND x.operation = 'slette' AND x.state IN ('SENT', 'UNKNOWN', 'NEEDS_PERSON') LIMIT 1), u.state) AS state "
        "FROM ledger.document d JOIN LATERAL (SELECT state FROM ledger.submission x WHERE x.document_id = d.id "
        "AND x.operation = 'opprette' ORDER BY n DESC LIMIT 1) u ON true"
    )
    return {row["sha256"]: row["state"] for row in rows}


def _both(first: Verdict, second: Verdict) -> Verdict:
    return Verdict(
        lost=first.lost + second.lost,
        doubled=first.doubled + second.doubled,
        wrong=first.wrong + second.wrong,
        problems=first.problems + second.problems,
        unknown=first.unknown + second.unknown,
        created=second.created,
    )
