"""An answer that was lost is settled by the DAG ecoc_resolution, through real Airflow and the real lookup."""

from __future__ import annotations

import time
from collections import Counter
from urllib.parse import quote

import pytest

from include.embedded.airflow_settings import USER
from include.ivi.samples import sample
from include.ledger.content import sha256
from include.sandbox.faults import FaultKind, FaultPlan

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house")]

DAG = "ecoc_resolution"


def _states(journey) -> Counter[str]:
    rows = journey.rows("SELECT state FROM mart.ecoc_document WHERE file_name LIKE 'lost-%%'")
    return Counter(row["state"] for row in rows)


def _resolve(journey) -> tuple[str, str]:
    run_id = journey.api.trigger(DAG)
    return run_id, journey.api.wait_for_run(DAG, run_id, timeout=240)


def test_a_lost_answer_is_settled_by_lookup_and_the_vehicle_exists_once(journey):
    contents = {b"lost-%02d.xml" % n: sample(number=n) for n in range(700, 704)}
    journey.upload("lots", contents)
    before = journey.created()
    sandbox = journey.house.sandbox
    number = sandbox.services["vegvesen"].requests
    sandbox.knobs.faults["vegvesen"] = FaultPlan(
        at={number + 2: FaultKind.LOST_ANSWER, number + 3: FaultKind.LOST_REQUEST}
    )
    _, state = journey.run("lots")
    sandbox.knobs.faults.clear()
    assert state == "success" and _states(journey) == {"ACCEPTED": 2, "UNKNOWN": 2}
    journey.rows("UPDATE ledger.submission SET settle_until = now() WHERE state = 'UNKNOWN' RETURNING id")

    run_id, state = _resolve(journey)

    assert state == "success" and _states(journey) == {"ACCEPTED": 3, "PENDING": 1}
    assert "1 accepted, 1 to be sent once more" in journey.api.log(DAG, run_id, "resolve", map_index=0)
    rows = journey.rows("SELECT decided_by, baseline FROM mart.ecoc_document WHERE decided_by = 'lookup'")
    assert rows == [{"decided_by": "lookup", "baseline": "absent"}]
    assert len(journey.created()) == len(before) + 3

    journey.api.clear(DAG, run_id, ["find", "resolve"], downstream=True)
    assert journey.api.wait_for_run(DAG, run_id, timeout=240) == "success"
    assert len(journey.created()) == len(before) + 3, "clearing the resolution sent something"

    _, state = journey.run("lots")
    created = Counter(journey.created()[len(before) :])
    assert state == "success" and _states(journey) == {"ACCEPTED": 4}
    assert created == {sha256(content): 1 for content in contents.values()}
    told = journey.rows("SELECT receipt_state FROM ledger.sighting WHERE name LIKE 'lost-%%'")
    assert {row["receipt_state"] for row in told} == {"ACCEPTED"}


def test_a_person_decides_with_a_confirmation_and_the_name_is_kept(journey):
    journey.upload("lots", {b"hand-1.xml": sample(number=720)})
    number = journey.house.sandbox.services["vegvesen"].requests
    journey.house.sandbox.knobs.faults["vegvesen"] = FaultPlan(at={number + 1: FaultKind.LOST_ANSWER})
    journey.run("lots")
    journey.house.sandbox.knobs.faults.clear()
    (row,) = journey.rows("SELECT vin, state FROM mart.ecoc_document WHERE file_name = 'hand-1.xml'")
    assert row["state"] in ("SENT", "UNKNOWN")
    before = journey.created()

    form = {"document": row["vin"], "decision": "accepted", "words": "The authority told us on the telephone."}
    run_id = journey.api.trigger("ecoc_decision", conf=form)
    _answer(journey, run_id, "Approve")
    assert journey.api.wait_for_run("ecoc_decision", run_id, timeout=120) == "success"

    (row,) = journey.rows("SELECT state, decided_by, reason FROM mart.ecoc_document WHERE file_name = 'hand-1.xml'")
    assert (row["state"], row["decided_by"]) == ("ACCEPTED", USER) and "on the telephone" in row["reason"]
    journey.api.clear("ecoc_decision", run_id, ["decide"])
    assert journey.api.wait_for_run("ecoc_decision", run_id, timeout=120) == "success"
    assert journey.created() == before


def _answer(journey, run_id: str, option: str) -> None:
    """What the person does under *Required Actions*."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        tasks = {row["task_id"]: row["state"] for row in journey.api.task_instances("ecoc_decision", run_id)}
        if tasks.get("confirm") in ("awaiting_input", "deferred"):
            break
        time.sleep(1)
    # Airflow hears five seconds late that the task that asked has ended. An answer before that makes it take the
    # resumed task for a failed one: it asks again half a minute later. People need longer to read the question.
    time.sleep(15)
    path = f"/dags/ecoc_decision/dagRuns/{quote(run_id, safe='')}/taskInstances/confirm/-1/hitlDetails"
    journey.api.call("PATCH", path, json={"chosen_options": [option], "params_input": {}})


def test_with_nothing_unknown_a_round_is_green_and_asks_nobody(journey):
    journey.rows("UPDATE ledger.submission SET settle_until = now() + interval '1 day' "
                 "WHERE state IN ('SENT', 'UNKNOWN') RETURNING id")  # fmt: skip
    run_id, state = _resolve(journey)
    assert state == "success"
    tasks = {row["task_id"]: row["state"] for row in journey.api.task_instances(DAG, run_id)}
    assert tasks == {"find": "skipped", "resolve": "skipped"}
