"""A deletion through real Airflow: a form, a person's answer under Required Actions, and nothing without it."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest

from include.embedded.airflow_settings import USER
from include.ivi.samples import sample

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house")]

DAG, APPROVE = "ecoc_deletion", "party.approve"


def _deletions(journey) -> list[tuple[str, str]]:
    """What the authority did, in order: the truth."""
    return [(line["vin"], line["result"]) for line in journey.house.sandbox.truth() if line["op"] == "slette"]


def _ask(journey, *vehicles: str) -> str:
    form = {"party": "lots", "vehicles": list(vehicles), "reason": "Bilen ble aldri levert"}
    return journey.api.trigger(DAG, conf=form)


def _answer(journey, run_id: str, option: str) -> None:
    """What the person does, as slowly as a person does (see test_resolution.py)."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        tasks = {row["task_id"]: row["state"] for row in journey.api.task_instances(DAG, run_id)}
        if tasks.get(APPROVE) == "awaiting_input":
            break
        time.sleep(1)
    else:
        raise AssertionError(f"nobody was asked: {tasks}")
    time.sleep(15)
    path = f"/dags/{DAG}/dagRuns/{quote(run_id, safe='')}/taskInstances/{APPROVE}/0/hitlDetails"
    journey.api.call("PATCH", path, json={"chosen_options": [option], "params_input": {}})


def test_a_person_approves_and_only_then_the_vehicle_is_deleted_once(journey):
    journey.upload("lots", {b"slett-%d.xml" % n: sample(number=n) for n in (740, 741)})
    journey.run("lots")
    rows = journey.rows(
        "SELECT file_name, vin, state FROM mart.ecoc_document WHERE file_name LIKE 'slett-%%' ORDER BY 1"
    )
    assert [row["state"] for row in rows] == ["ACCEPTED"] * 2
    first, second = (row["vin"] for row in rows)

    run_id = _ask(journey, first, "ZZ9SV0000TS999999")
    rejected = _ask(journey, second)
    _answer(journey, run_id, "Approve")
    assert journey.api.wait_for_run(DAG, run_id, timeout=240) == "success"
    assert _deletions(journey) == [(first, "KJORETOY_SLETTET")]
    found = journey.rows("SELECT asked_for, state, approved_by, asked_by FROM mart.ecoc_deletion ORDER BY row_no, 1")
    assert [(row["asked_for"], row["state"], row["approved_by"]) for row in found if row["asked_for"] != second] == [
        (first, "DELETED", USER),
        ("ZZ9SV0000TS999999", "IMPOSSIBLE", None),
    ]
    (row,) = journey.rows("SELECT reason FROM mart.ecoc_deletion WHERE state = 'IMPOSSIBLE'")
    assert "only the sender of a vehicle can delete it" in row["reason"]
    receipts = journey.house.sandbox.drop_root / "lots" / "receipts"
    (receipt,) = receipts.glob("slett-740.xml.*.json")
    assert json.loads(receipt.read_text("utf-8"))["state"] == "deleted"

    _answer(journey, rejected, "Reject")
    assert journey.api.wait_for_run(DAG, rejected, timeout=240) == "success"
    (row,) = journey.rows("SELECT state, approved_by FROM mart.ecoc_deletion WHERE asked_for = %s", second)
    assert row == {"state": "DECLINED", "approved_by": USER}

    posts = journey.house.sandbox.services["vegvesen"].requests
    _clear_and_mark(journey, run_id, rejected)
    assert _deletions(journey) == [(first, "KJORETOY_SLETTET")], "clearing or marking deleted something"
    assert journey.house.sandbox.services["vegvesen"].requests == posts


def _clear_and_mark(journey, run_id: str, rejected: str) -> None:
    """Every task three times: marked failed, marked as success, cleared."""
    for _ in range(3):
        for task, state in ((APPROVE, "failed"), (APPROVE, "success"), ("party.delete", "failed"),
                            ("party.delete", "success")):  # fmt: skip
            journey.api.mark(DAG, rejected, task, state, map_index=0)
        journey.api.clear(DAG, run_id, ["find", "find_approved"], downstream=True)
        journey.api.clear(DAG, rejected, ["party.delete", "party.tell"])
        assert journey.api.wait_for_run(DAG, run_id, timeout=240) == "success"
        journey.api.wait_for_run(DAG, rejected, timeout=240)
