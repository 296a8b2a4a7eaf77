"""W20: the connection to the warehouse breaks while it commits; the server has done it, the sender never hears."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.crash.drills import MOST_UNKNOWN, Result, come_back, undecided
from tests.crash.house import CrashHouse
from tests.crash.oracle import judge
from tests.crash.proxy import AnswerLost, FaultProxy
from tests.crash.scene import Scene
from tests.crash.sender import RED

_SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class LostCommit:
    """The answer to the `at`-th statement holding `words` is lost while the step runs that does it.

    With `after` only those count that come after a statement holding this, on the same connection.
    """

    name: str
    step: str
    words: bytes
    at: int = 1
    after: bytes = b""

    def __call__(self, house: CrashHouse, documents: int, seed: int) -> Result:
        steps = ("collect", "plan", "validate", "open", "send", "file", "reconcile")
        with house.scene() as scene:
            scene.fill(documents)
            orders = scene.orders(documents)
            before = steps[: steps.index(self.step)]
            if before and scene.live(replace(orders, steps=before)) != 0:
                scene.problems.append(f"the night could not be prepared: {scene.log()[-600:]}")
            policy = AnswerLost(self.words, self.at, str(scene.marker), self.name, self.after)
            with _through(scene, policy) as dsn:
                status = scene.live(replace(orders, dsn=dsn, steps=(self.step,)))
            if status != RED:
                scene.problems.append(f"a sender whose warehouse broke off ended with {status}: {scene.log()[-600:]}")
            scene.quiet()
            left = undecided(scene)
            if left > MOST_UNKNOWN:
                scene.problems.append(f"{left} unknown, more than {MOST_UNKNOWN}")
            scene.let_time_pass()
            come_back(scene, orders)
            return Result(judge(scene), scene.marks(), len(scene.lives), left)


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
