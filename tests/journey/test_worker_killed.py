"""Whatever of the house is killed in the middle of sending (a worker, the scheduler with the API server, PostgreSQL):
nothing is lost and nothing doubled.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from include.errors import SamsvarError
from include.ivi.samples import sample
from include.ledger.content import sha256
from include.sandbox.faults import Latency

pytestmark = [
    pytest.mark.house,
    pytest.mark.xdist_group("house"),
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("crash_lanes"),  # beside these tests, which mostly wait
]

FILES = 12


class Crash:
    """Twelve documents of `lots` on their way to a slow authority, and what became of them."""

    def __init__(self, journey, first: int, prefix: str) -> None:
        self.journey, self.prefix = journey, prefix
        contents = {f"{prefix}-{n:02d}.xml".encode(): sample(number=n) for n in range(first, first + FILES)}
        self.wanted = {sha256(content) for content in contents.values()}
        assert not self._known_before(), "another test has sent documents of these numbers: take others"
        journey.upload("lots", contents)
        self._latency = journey.house.sandbox.knobs.latency
        self._latency["vegvesen"] = Latency(3.0, act_at=0.5)
        self._before = len(journey.created())
        self.dag = journey.dag("lots")
        journey.api.set_paused(self.dag, paused=False)
        self.run_id = journey.api.trigger(self.dag)
        self.sender = self._owner_of_intents()

    def _known_before(self) -> list[dict]:
        return self.journey.rows("SELECT sha256 FROM ledger.document WHERE sha256 = ANY(%s)", sorted(self.wanted))

    def _owner_of_intents(self, timeout: float = 120) -> int:
        """A process that has documents on the wire right now, after the first answer has let all lots go."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            rows = self.journey.rows(
                "SELECT u.owner FROM ledger.submission u JOIN ledger.run_gate g USING (party, run_id) "
                "WHERE u.party = 'lots' AND u.run_id = %s AND u.state = 'SENT' AND g.state = 'open' LIMIT 1",
                self.run_id,
            )
            if rows:
                return int(rows[0]["owner"].split("/")[1])
            time.sleep(0.1)
        raise AssertionError("no document went on the wire")

    def ends(self) -> str:
        """The authority is quick again; the state that the run ends with."""
        self._latency.pop("vegvesen", None)
        return self.journey.api.wait_for_run(self.dag, self.run_id, timeout=400)

    def created(self) -> Counter[str]:
        return Counter(self.journey.created()[self._before :])

    def states(self) -> Counter[str]:
        rows = self.journey.rows(
            "SELECT u.state FROM ledger.submission u JOIN ledger.sighting s ON s.id = u.sighting_id "
            "WHERE s.party = 'lots' AND s.name LIKE %s",
            f"{self.prefix}-%",
        )
        return Counter(row["state"] for row in rows)

    def nothing_is_lost_or_doubled(self) -> None:
        """Each is accepted or waits for a lookup; then the lookup settles all of them, and each was created once."""
        created, states = self.created(), self.states()
        assert set(created.values()) <= {1} and set(created) <= self.wanted
        assert sum(states.values()) == FILES, states
        assert states["SENT"] + states["UNKNOWN"] + states["ACCEPTED"] + states["PENDING"] == FILES, states
        settle = "UPDATE ledger.submission SET settle_until = now(), look_again_at = NULL"
        for _ in range(3):
            if self.states() == {"ACCEPTED": FILES}:
                break
            self.journey.rows(f"{settle} WHERE state IN ('SENT', 'UNKNOWN') RETURNING id")
            run_id = self.journey.api.trigger("ecoc_resolution")
            assert self.journey.api.wait_for_run("ecoc_resolution", run_id, timeout=240) == "success"
            assert self.journey.run("lots")[1] == "success"
        assert self.states() == {"ACCEPTED": FILES}
        assert self.created() == dict.fromkeys(self.wanted, 1)


@contextmanager
def _process_manager(journey) -> Iterator[None]:
    """Starts what went down for as long as the block runs: a part may take its time to notice that it cannot go on."""
    airflow, done = journey.house.airflow, threading.Event()

    def look() -> None:
        while not done.wait(1.0):
            for part in airflow.dead_parts():
                airflow.start_part(part)

    manager = threading.Thread(target=look, name="process-manager", daemon=True)
    manager.start()
    try:
        yield
    finally:
        done.set()
        manager.join()


def _alive_again(journey) -> None:
    """Waits until all parts of Airflow are healthy."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        time.sleep(2)
        try:
            if not journey.house.airflow.dead_parts() and not journey.api.unhealthy():
                return
        except SamsvarError:
            continue
    raise AssertionError(f"not healthy again: {journey.api.unhealthy()}")


def test_a_killed_submit_task_neither_loses_nor_doubles_a_document(journey):
    crash = Crash(journey, 450, "kill")
    os.kill(crash.sender, signal.SIGKILL)
    crash.ends()

    created, states = crash.created(), crash.states()
    assert states["SENT"] >= 1, states
    assert states["ACCEPTED"] + states["SENT"] == FILES, states
    journey.run("lots")
    assert crash.created() == created, "an unknown one was sent again"
    crash.nothing_is_lost_or_doubled()


def test_a_killed_scheduler_and_api_server_neither_lose_nor_double_a_document(journey):
    """The tasks at work go on without both, or come back when both are there again."""
    crash = Crash(journey, 470, "scheduler")
    parts = ("scheduler", "api-server")
    for part in parts:
        journey.house.airflow.kill_part(part)
    time.sleep(3)
    for part in parts:
        journey.house.airflow.start_part(part)
    with _process_manager(journey):
        _alive_again(journey)
        crash.ends()
        crash.nothing_is_lost_or_doubled()


def test_a_killed_database_server_neither_loses_nor_doubles_a_document(journey):
    """Ledger and Airflow's own metadata go down at once."""
    crash = Crash(journey, 520, "postgres")
    server = journey.house.postgres
    os.kill(server.pid, signal.SIGKILL)
    time.sleep(3)
    server._stop_leftover(server._place)  # what a process manager's start of the same server finds and clears
    server._launch(server._place)
    with _process_manager(journey):
        _alive_again(journey)
        crash.ends()
        crash.nothing_is_lost_or_doubled()
