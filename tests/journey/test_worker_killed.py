"""A worker that is killed in the middle of sending loses nothing and doubles nothing."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

import pytest

from include.ivi.samples import sample
from include.ledger.content import sha256
from include.sandbox.faults import Latency

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house")]


def _owner_of_an_intent(journey, timeout: float = 90) -> int:
    """The process that has a document of `lots` on the wire right now."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        rows = journey.rows("SELECT owner FROM ledger.submission WHERE party = 'lots' AND state = 'SENT' LIMIT 1")
        if rows:
            return int(rows[0]["owner"].split("/")[1])
        time.sleep(0.1)
    raise AssertionError("no document went on the wire")


def test_a_killed_submit_task_neither_loses_nor_doubles_a_document(journey):
    contents = {b"kill-%02d.xml" % n: sample(number=n) for n in range(450, 462)}
    journey.upload("lots", contents)
    latency = journey.house.sandbox.knobs.latency
    latency["vegvesen"] = Latency(3.0, act_at=0.5)
    before = journey.created()
    dag = journey.dag("lots")
    journey.api.set_paused(dag, paused=False)
    run_id = journey.api.trigger(dag)
    os.kill(_owner_of_an_intent(journey), signal.SIGKILL)
    del latency["vegvesen"]
    journey.api.wait_for_run(dag, run_id, timeout=240)

    created = Counter(journey.created()[len(before) :])
    assert not [count for count in created.values() if count > 1], "a document was created twice"
    states = Counter(
        row["state"]
        for row in journey.rows(
            "SELECT u.state FROM ledger.submission u JOIN ledger.sighting s ON s.id = u.sighting_id "
            "WHERE s.party = 'lots' AND s.name LIKE 'kill-%%'"
        )
    )
    assert states["SENT"] >= 1, states
    assert states["ACCEPTED"] + states["SENT"] == 12, states
    assert set(created) <= {sha256(content) for content in contents.values()}

    journey.run("lots")
    assert Counter(journey.created()[len(before) :]) == created, "an unknown one was sent again"
