"""Control signals through real Airflow: polled, read again at night, and read once more after a person's rewind."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest

from include.embedded.airflow_settings import USER
from include.sandbox.toll_generated import Plan

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house")]

OURS = "organisation = '310000019' AND endpoint = 'house-consignment'"
READER = "nordbil"
"""The first party of the organisation; `landing` has the same number, so the same feed."""
SIGNALS, LATE = 60, 2


def _run(journey, dag: str) -> str:
    """Lets everybody's feeds be read and returns the log of ours. The house has a party that customs knows nothing of,
    whose task fails; that is nothing to the others."""
    journey.api.set_paused(dag, paused=False)
    run_id = journey.api.trigger(dag)
    journey.api.wait_for_run(dag, run_id, timeout=240)
    for task in journey.api.task_instances(dag, run_id):
        log = journey.api.log(dag, run_id, task["task_id"], map_index=task["map_index"])
        if f"{READER}: house-consignment:" in log:
            assert task["state"] in ("success", "skipped"), log
            return log
    raise AssertionError(f"{READER} was not among those of {dag}")


def _stored(journey) -> list[tuple[str, bool]]:
    found = journey.rows(f"SELECT signal_id, late FROM mart.customs_signal WHERE {OURS} ORDER BY position")
    return [(row["signal_id"], row["late"]) for row in found]


def _moves(journey) -> list[dict]:
    return journey.rows(
        "SELECT h.how, h.to_marker, h.by_whom, h.reason, h.new_items FROM ledger.marker_history h "
        "JOIN ledger.marker m ON m.id = h.feed JOIN ledger.customs_organisation o ON o.id = m.organisation_id "
        f"WHERE {OURS} ORDER BY h.id"
    )


def _approve(journey, run_id: str) -> None:
    """What the person does under *Required Actions*, as slowly as a person does (see test_resolution.py)."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        tasks = {row["task_id"]: row["state"] for row in journey.api.task_instances("customs_rewind", run_id)}
        if tasks.get("confirm") in ("awaiting_input", "deferred"):
            break
        time.sleep(1)
    else:
        raise AssertionError(f"nobody was asked: {tasks}")
    time.sleep(15)
    path = f"/dags/customs_rewind/dagRuns/{quote(run_id, safe='')}/taskInstances/confirm/-1/hitlDetails"
    journey.api.call("PATCH", path, json={"chosen_options": ["Approve"], "params_input": {}})


def test_what_customs_puts_in_late_is_found_at_night_and_a_rewind_doubles_nothing(journey):
    _run(journey, "customs_routing")
    before = _stored(journey)
    journey.house.sandbox.toll.generate(Plan(signals=SIGNALS, seed=7, duplicates=0.0, late=LATE))
    _run(journey, "customs_routing")
    polled = _stored(journey)
    assert len(polled) == len(before) + SIGNALS - LATE and not any(late for _, late in polled)

    night = _run(journey, "customs_reread")
    read = _stored(journey)
    assert [one for one in read if not one[1]] == polled
    assert sum(late for _, late in read) == LATE
    assert f"{LATE} put in behind the marker" in night
    assert journey.rows("SELECT 1 FROM ledger.alert WHERE kind = 'customs_signals_late'")

    marker = _moves(journey)[-1]["to_marker"]
    form = {"party": "landing", "feed": "house-consignment", "to": None, "reason": "The feed is read anew, a drill."}
    run_id = journey.api.trigger("customs_rewind", conf=form)
    assert _moves(journey)[-1]["how"] == "page", "nothing is set back before a person has said so"
    _approve(journey, run_id)
    assert journey.api.wait_for_run("customs_rewind", run_id, timeout=120) == "success"
    move = _moves(journey)[-1]
    assert (move["how"], move["to_marker"], move["by_whom"], move["reason"]) == ("rewind", None, USER, form["reason"])

    _run(journey, "customs_routing")
    assert _stored(journey) == read
    last = _moves(journey)[-1]
    assert (last["how"], last["to_marker"], last["new_items"]) == ("page", marker, 0)
