"""Cases with more than one sender at work: overlaps, a stopped and continued one, one that is asked to stop."""

from __future__ import annotations

import signal
from dataclasses import replace

from include.sandbox.faults import Latency
from tests.crash.drills import Result, come_back, undecided
from tests.crash.given import RED
from tests.crash.house import CrashHouse
from tests.crash.nursery import wait_until
from tests.crash.oracle import judge
from tests.crash.orders import RESOLVE, Charge, Orders
from tests.crash.points import mark
from tests.crash.scene import Scene

_READY = ("collect", "plan", "validate", "open")
_SENDERS = 4


def _prepared(scene: Scene, documents: int) -> Orders:
    """Everything short of sending is done."""
    scene.fill(documents)
    orders = scene.orders(documents)
    if scene.live(replace(orders, steps=_READY)) != 0:
        scene.problems.append(f"the night could not be prepared: {scene.log()[-600:]}")
    return orders


def _finished(scene: Scene, orders: Orders) -> Result:
    scene.house.sandbox.knobs.latency.clear()
    scene.quiet()
    left = undecided(scene)
    scene.let_time_pass()
    come_back(scene, orders)
    return Result(judge(scene), scene.marks(), len(scene.lives), left)


def same_lots(house: CrashHouse, documents: int, seed: int) -> Result:
    """Four processes send the same lots of the same run at once, as a run and its duplicates would."""
    with house.scene() as scene:
        orders = _prepared(scene, documents)
        house.sandbox.knobs.latency["vegvesen"] = Latency(0.02, sigma=0.5)
        before = scene.posts
        tries = [
            scene.begin(replace(orders, steps=("open", "send", "file"), try_number=1 + number))
            for number in range(_SENDERS)
        ]
        wait_until(lambda: scene.posts > before, 60, "the first request")
        ends = [life.wait() for life in tries]
        mark(str(scene.marker), "four senders, same lots")
        if set(ends) - {0, RED}:
            scene.problems.append(f"senders side by side ended with {ends}: {scene.log()[-600:]}")
        if undecided(scene):
            scene.problems.append(f"{undecided(scene)} undecided although nobody was killed")
        return _finished(scene, orders)


def two_runs(house: CrashHouse, documents: int, seed: int) -> Result:
    """A run and another one, each dispatched twice: four processes send. The second run plans and takes over what is
    open; one process of the first is killed about when the other three begin.
    """
    with house.scene() as scene:
        orders = _prepared(scene, documents)
        house.sandbox.knobs.latency["vegvesen"] = Latency(0.02, sigma=0.5)
        before = scene.posts
        few = max(documents // 20, 2)
        first = scene.begin(replace(orders, steps=("send",), charges=(Charge("written", few),)))
        # Alone until then, so that it gets there however the machine shares its cores.
        wait_until(lambda: scene.posts >= before + few or bool(scene.marks()), 60, "the first requests")
        theirs = replace(orders, run="run-of-the-others")
        others = [
            scene.begin(replace(orders, steps=("send",), try_number=2)),
            scene.begin(theirs),
            scene.begin(replace(theirs, try_number=2)),
        ]
        if (ended := first.wait()) != -signal.SIGKILL:
            scene.problems.append(f"the first run ended with {ended}: {scene.log()[-600:]}")
        if set(ends := [other.wait() for other in others]) - {0, RED}:
            scene.problems.append(f"the other three processes ended with {ends}: {scene.log()[-600:]}")
        return _finished(scene, orders)


def _zombie(house: CrashHouse, documents: int, point: str) -> Result:
    """A sender is stopped and declared dead; its intents run out, the resolution finds that nothing was sent, another
    sender sends, and then the stopped one goes on.
    """
    with house.scene() as scene:
        orders = _prepared(scene, documents)
        within = {f"include.{module}:SEND_WITHIN": 1.0 for module in ("journey.flight", "ledger.sending")}
        orders = replace(orders, constants={**orders.constants, **within})
        frozen = scene.begin(replace(orders, steps=("send",), charges=(Charge(point, 3, "freeze"),)))
        scene.until_marked()
        scene.quiet()
        wait_until(
            lambda: not scene.count("FROM ledger.submission WHERE send_by > now()"), 10, "the end of the intents"
        )
        held = {row["sha256"] for row in scene.rows(_INTENTS)}
        absent = held - set(scene.decided())
        scene.let_it_settle()
        scene.let_time_pass()
        status = scene.live(replace(orders, steps=(*RESOLVE, "plan", "send"), run="run-of-the-others"))
        sent = scene.decided()
        frozen.signal(signal.SIGCONT)
        if frozen.wait() not in (0, RED):
            scene.problems.append(f"the continued sender broke: {scene.log()[-600:]}")
        if not absent or not absent & set(sent):
            scene.problems.append(
                f"the stopped sender held {len(held)} intents, {len(absent)} of them unsent, and another one, which "
                f"ended with {status}, sent none of these: {scene.log()[-600:]}"
            )
        late = scene.decided() - sent
        if late.keys() & held:
            scene.problems.append(f"the continued sender sent {len(late.keys() & held)} documents after their time")
        return _finished(scene, orders)


_INTENTS = (
    "SELECT d.sha256 FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id WHERE u.state = 'SENT'"
)


def stopped_after_its_claim(house: CrashHouse, documents: int, seed: int) -> Result:
    """Stopped between the commit of its intents and the first byte."""
    return _zombie(house, documents, "claimed")


def stopped_before_the_first_byte(house: CrashHouse, documents: int, seed: int) -> Result:
    """Stopped while one of its requests is about to be written."""
    return _zombie(house, documents, "before the first byte")


def asked_to_stop(house: CrashHouse, documents: int, seed: int) -> Result:
    """An orderly stop while the authority takes 100 ms: nothing may be left undecided."""
    with house.scene() as scene:
        orders = _prepared(scene, documents)
        house.sandbox.knobs.latency["vegvesen"] = Latency(0.1)
        before = scene.posts
        life = scene.begin(replace(orders, steps=("send",)))
        wait_until(lambda: scene.posts - before >= documents // 5, 60, "a fifth of the requests")
        life.signal(signal.SIGTERM)
        mark(str(scene.marker), "orderly stop")
        status = life.wait()
        if status != RED:
            scene.problems.append(f"a stopped sender with work left ended with {status}: {scene.log()[-600:]}")
        if undecided(scene):
            scene.problems.append(f"an orderly stop left {undecided(scene)} unknown")
        return _finished(scene, orders)


def each_step_thrice(house: CrashHouse, documents: int, seed: int) -> Result:
    """Every step runs three times, and the whole night again, as if somebody cleared each task; no extra send."""
    with house.scene() as scene:
        scene.fill(documents)
        orders = scene.orders(documents)
        before = scene.posts
        sent = sum(dropped.fate in ("created", "refused") for dropped in scene.dropped)
        for _ in range(2):
            if scene.live(replace(orders, again=3)) != 0:
                scene.problems.append(f"a step that ran again is red: {scene.log()[-600:]}")
        mark(str(scene.marker), "each step three times")
        result = _finished(scene, orders)
        if scene.posts - before != sent:
            result.verdict.problems.append(f"{scene.posts - before} requests for {sent} documents")
        return result


def two_importers(house: CrashHouse, documents: int, seed: int) -> Result:
    """Two parties drop documents for the same vehicles at once; the first process dies after it has opened its own."""
    with house.scene() as scene, house.scene() as other:
        for number in range(documents):
            scene.put(f"{number:05d}.xml", scene.content(number), "created")
            vin = scene.content(number)
            other.put(f"{number:05d}.xml", scene.content(number, pad_to=len(vin) + 2_000), "held")
        orders = scene.orders(documents, charges=(Charge("gate taken"),))
        theirs = replace(other.orders(documents), dsn=scene.dsn)
        scene.live(orders)
        scene.let_time_pass()
        if other.live(theirs) != 0:
            scene.problems.append(f"the second importer's night is red: {other.log()[-600:]}")
        came = sum(other.created()[dropped.sha256] for dropped in other.dropped)
        if came:
            scene.problems.append(f"{came} vehicles of the first importer were created for the second")
        mark(str(scene.marker), "one VIN, two importers")
        come_back(scene, orders)
        return Result(judge(scene), scene.marks(), len(scene.lives))
