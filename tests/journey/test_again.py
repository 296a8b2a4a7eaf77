"""Clearing, retrying, marking success and marking failed, of each task of each DAG, three times: not one more send.

Each DAG file has a row in AGAIN (how a run of it comes about, and which of its tasks wait for a person) or a reason in
EXEMPT; a test compares both with what lies in `dags/`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from include.errors import ServiceUnavailable
from include.ivi.samples import sample
from include.sandbox.faults import FaultKind, FaultPlan

Journey = Any
DAGS = Path(__file__).resolve().parents[2] / "dags"
TIMES = 3
WAITS = {"awaiting_input", "deferred"}


@dataclass(frozen=True, slots=True)
class Again:
    """One DAG: `make` brings a run about and returns its id. A task in `asks` waits for a person; nobody answers it.

    In the end it is marked as failed.
    """

    dag_id: str
    make: Callable[[Journey], str]
    asks: frozenset[str] = field(default_factory=frozenset)


def _a_night(journey: Journey) -> str:
    return str(next(run["dag_run_id"] for run in journey.api.runs(journey.dag("nordbil")) if run["state"] == "success"))


def _one_unknown(journey: Journey, number: int) -> None:
    journey.upload("lots", {b"again-%d.xml" % number: sample(number=number)})
    post = journey.house.sandbox.services["vegvesen"].requests
    journey.house.sandbox.knobs.faults["vegvesen"] = FaultPlan(at={post + 1: FaultKind.LOST_ANSWER})
    journey.run("lots")
    journey.house.sandbox.knobs.faults.clear()


def _a_resolution(journey: Journey) -> str:
    _one_unknown(journey, 760)
    journey.rows("UPDATE ledger.submission SET settle_until = now() WHERE state = 'UNKNOWN' RETURNING id")
    run_id = journey.api.trigger("ecoc_resolution")
    assert journey.api.wait_for_run("ecoc_resolution", run_id, timeout=240) == "success"
    return str(run_id)


def _a_decision(journey: Journey) -> str:
    """*Send once more* is the one decision that can make a send; here the person has asked for it and not confirmed."""
    _one_unknown(journey, 761)
    (row,) = journey.rows("SELECT sha256 FROM mart.ecoc_document WHERE file_name = 'again-761.xml'")
    form = {"document": row["sha256"], "decision": "send once more", "words": "A drill, it is never confirmed."}
    run_id = journey.api.trigger("ecoc_decision", conf=form)
    _wait_for(journey, "ecoc_decision", run_id, "confirm", WAITS)
    return str(run_id)


def _a_deletion(journey: Journey) -> str:
    """Asked for, and nobody has answered; what happens after an answer is in test_deletion.py."""
    journey.upload("lots", {b"again-762.xml": sample(number=762)})
    journey.run("lots")
    (row,) = journey.rows("SELECT vin FROM mart.ecoc_document WHERE file_name = 'again-762.xml'")
    form = {"party": "lots", "vehicles": [row["vin"]], "reason": "A drill, it is never approved."}
    run_id = journey.api.trigger("ecoc_deletion", conf=form)
    _wait_for(journey, "ecoc_deletion", run_id, "party.approve", WAITS)
    return str(run_id)


def _a_registration(journey: Journey) -> str:
    journey.api.set_paused("ecoc_registration", paused=False)
    run_id = journey.api.trigger("ecoc_registration", conf={"now": True})
    assert journey.api.wait_for_run("ecoc_registration", run_id, timeout=240) == "success"
    return str(run_id)


def _a_lookup(journey: Journey) -> str:
    journey.api.set_paused("vehicle_lookup", paused=False)
    run_id = journey.api.trigger("vehicle_lookup", conf={"party": "nordbil", "plates": ["ZZ 99999"]})
    assert journey.api.wait_for_run("vehicle_lookup", run_id, timeout=240) == "success"
    return str(run_id)


def _a_presentation(journey: Journey) -> str:
    row = "hus;23NO00000000000009;HC901;N703;NO351001"
    journey.upload("landing", {b"again.csv": f"level;MRN;document_number;document_type;office\n{row}\n".encode()},
                   folder="presentations")  # fmt: skip
    journey.api.set_paused("customs_presentation", paused=False)
    run_id = journey.api.trigger("customs_presentation")
    assert journey.api.wait_for_run("customs_presentation", run_id, timeout=240) == "success"
    (told,) = journey.rows("SELECT state FROM mart.customs_presentation WHERE file_name = 'again.csv'")
    assert told["state"] == "ACCEPTED"
    return str(run_id)


def _changes_of_leaseholders(journey: Journey) -> str:
    """One is accepted; the answer to the other is lost, so a sender that does not know of it would send it again."""
    rows = "".join(f"OPPRETTE;CU1004{number};310000027\n" for number in (5, 6))
    journey.upload("nordbil", {b"again.csv": f"handling;kjennemerke;orgnr\n{rows}".encode()}, folder="leasing")
    vegvesen = journey.house.sandbox.services["vegvesen"]
    journey.house.sandbox.knobs.faults["vegvesen"] = FaultPlan(at={vegvesen.requests + 2: FaultKind.LOST_ANSWER})
    journey.api.set_paused("leasing_changes", paused=False)
    run_id = journey.api.trigger("leasing_changes")
    assert journey.api.wait_for_run("leasing_changes", run_id, timeout=240) == "success"
    journey.house.sandbox.knobs.faults.clear()
    told = journey.rows("SELECT state FROM mart.leasing_change WHERE kjennemerke LIKE 'CU1004_' ORDER BY kjennemerke")
    assert [row["state"] for row in told] == ["ACCEPTED", "UNKNOWN"]
    return str(run_id)


AGAIN = (
    Again("ecoc_submission__nordbil", _a_night),
    Again("ecoc_resolution", _a_resolution),
    Again("ecoc_decision", _a_decision, frozenset({"confirm"})),
    Again("ecoc_deletion", _a_deletion, frozenset({"party.approve"})),
    Again("ecoc_registration", _a_registration),
    Again("vehicle_lookup", _a_lookup),
    Again("customs_presentation", _a_presentation),
    Again("leasing_changes", _changes_of_leaseholders),
)
#: DAG files without a row, and why: none of their tasks can make an authority do something.
EXEMPT = {
    "customs_validation_status": "it reads a feed of Tolletaten and writes the ledger",
    "customs_routing": "it reads feeds of Tolletaten and writes the ledger and receipts",
    "customs_reread": "it reads feeds of Tolletaten again and writes the ledger",
    "customs_rewind": "it sets a marker in the ledger back; the next poll only reads",
    "reconciliation": "it compares what is in the ledger, the drop and the register, and writes marts and reports",
    "housekeeping": "it seals and erases rows of the ledger",
}


def test_every_dag_file_has_a_row_or_a_reason() -> None:
    files = {path.stem for path in DAGS.glob("*.py")}
    rows = {row.dag_id.partition("__")[0] for row in AGAIN}
    assert not rows & set(EXEMPT)
    assert rows | set(EXEMPT) == files


@pytest.mark.house
@pytest.mark.xdist_group("house")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("row", AGAIN, ids=lambda row: row.dag_id)
def test_whatever_is_clicked_three_times_sends_nothing(journey: Journey, row: Again) -> None:
    run_id = row.make(journey)
    api = journey.api
    left, created = _requests(journey), journey.created()
    instances = {(one["task_id"], one["map_index"]) for one in api.task_instances(row.dag_id, run_id)}
    tasks = sorted({task for task, _ in instances})
    assert tasks
    for _ in range(TIMES):
        for state in ("failed", "success", "failed"):
            for task, index in sorted(instances):
                _mark(journey, row, run_id, task, state, index)
        # All of them at once is each of them once, in the order of the DAG; after *failed* it is a retry.
        api.clear(row.dag_id, run_id, tasks)
        _wait_until_over(journey, row, run_id)
        assert _requests(journey) == left, "a request left"
    assert journey.created() == created


def _requests(journey: Journey) -> dict[str, int]:
    """How many requests that can do something reached each authority."""
    services = journey.house.sandbox.services
    return {name: services[name].requests for name in ("vegvesen", "toll")}


def _mark(journey: Journey, row: Again, run_id: str, task: str, state: str, index: int = -1) -> None:
    try:
        journey.api.mark(row.dag_id, run_id, task, state, map_index=index if index >= 0 else None)
    except ServiceUnavailable as error:  # Airflow refuses to mark what is marked so already
        if "already in" not in str(error):
            raise


def _wait_until_over(journey: Journey, row: Again, run_id: str, timeout: float = 240) -> None:
    deadline = time.monotonic() + timeout
    while journey.api.run_state(row.dag_id, run_id) not in ("success", "failed"):
        assert time.monotonic() < deadline, f"{row.dag_id} does not end"
        for one in journey.api.task_instances(row.dag_id, run_id):
            if one["task_id"] in row.asks and one["state"] in WAITS:
                _mark(journey, row, run_id, one["task_id"], "failed", one["map_index"])
        time.sleep(1)


def _wait_for(journey: Journey, dag_id: str, run_id: str, task: str, states: set[str], timeout: float = 120) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = {row["task_id"]: row["state"] for row in journey.api.task_instances(dag_id, run_id)}
        if found.get(task) in states:
            return
        time.sleep(1)
    raise AssertionError(f"{dag_id}.{task} did not get to {states}")
