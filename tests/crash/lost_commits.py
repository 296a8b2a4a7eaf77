"""W20: the connection to the warehouse breaks while it commits; the server has done it, the sender never hears."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.crash.drills import MOST_UNKNOWN, Result, come_back, undecided
from tests.crash.given import RED
from tests.crash.house import CrashHouse
from tests.crash.oracle import judge
from tests.crash.orders import Orders
from tests.crash.proxy import AnswerLost, FaultProxy
from tests.crash.scene import Scene

_SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class LostCommit:
    """The answer to a COMMIT is lost while the step runs that does it: that of the `at`-th transaction that holds
    `statement`. A `statement` that is a transaction by itself has `alone`: its own answer is lost.

    `did` (from FROM on) must find rows right afterwards: the server has committed. Empty where the statement may have
    had nothing to do, as a claim that comes before the register was asked.
    """

    name: str
    step: str
    statement: bytes
    did: str
    at: int = 1
    alone: bool = False

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        steps = ("collect", "plan", "validate", "open", "send", "file", "reconcile")
        with house.scene() as scene:
            scene.fill(documents)
            orders = scene.orders(documents)
            before = steps[: steps.index(self.step)]
            if before and scene.live(replace(orders, steps=before)) != 0:
                scene.problems.append(f"the night could not be prepared: {scene.log()[-600:]}")
            self.lose(scene, orders)
            scene.quiet()
            left = undecided(scene)
            if left > MOST_UNKNOWN:
                scene.problems.append(f"{left} unknown, more than {MOST_UNKNOWN}")
            scene.let_time_pass()
            come_back(scene, orders)
            return Result(judge(scene), scene.marks(), len(scene.lives), left)

    def lose(self, scene: Scene, orders: Orders) -> None:
        """One life of the step that never hears of its COMMIT."""
        words, after = (self.statement, b"") if self.alone else (b"COMMIT", self.statement)
        with _through(scene, AnswerLost(words, self.at, str(scene.marker), self.name, after)) as dsn:
            status = scene.live(replace(orders, dsn=dsn, steps=(self.step,)))
        if status != RED:
            scene.problems.append(f"a sender whose warehouse broke off ended with {status}: {scene.log()[-600:]}")
        if self.did and not scene.count(self.did):
            scene.problems.append(f"what was cut is not the COMMIT of {self.name}: the server has nothing of it")


@contextmanager
def _through(scene: Scene, policy: AnswerLost) -> Iterator[str]:
    """The scene's warehouse behind a proxy; its address there."""
    place = parse_qs(urlsplit(scene.dsn).query)["host"][0]
    folder = Path(unquote(place))
    own = folder / "p"
    own.mkdir(exist_ok=True)
    try:
        with FaultProxy.unix(folder / _SOCKET, own / _SOCKET, policy):
            yield scene.dsn.replace(quote(place, safe=""), quote(str(own), safe=""))
    finally:
        (own / _SOCKET).unlink(missing_ok=True)
        own.rmdir()


LOST_COMMITS = (
    LostCommit("commit of collect", "collect", b"INSERT INTO ledger.document (party", "FROM ledger.document", 2),
    LostCommit("commit of the plan", "plan", b"INSERT INTO ledger.lot (", "FROM ledger.lot"),
    LostCommit("opening", "open", b"INSERT INTO ledger.submission (", "FROM ledger.submission"),
    LostCommit(
        "intent",
        "send",
        b"UPDATE ledger.submission SET state = 'SENT'",
        "",
        2,
        alone=True,
    ),
    LostCommit("commit of the evidence", "send", b"authority_time = u", "FROM ledger.attempt"),
    LostCommit("filing", "file", b"filed_at = now()", "FROM ledger.sighting WHERE filed_at IS NOT NULL"),
)
