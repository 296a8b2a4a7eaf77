"""Consignments are presented through real Airflow: from a dropped file, and from the form while others are at work."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house")]

DAG = "customs_presentation"
BAG = "GBASFZMLBKONAUN30001001019999"
FILE = f"""nivå;MRN;dokumentnummer;dokumenttype;postsekk;tollkontor
ens;23NO00000000000003;;;;NO351001
sekk;;;;{BAG};NO351001
hus;23NO00000000000004;HC001;N703;;NO351001
hus;23NO00000000000004;HC002;N999;;NO351001
forventet;23NO00000000000003;HC001;N740;;
"""


def _run(journey, conf: dict | None = None) -> tuple[str, str]:
    journey.api.set_paused(DAG, paused=False)
    run_id = journey.api.trigger(DAG, conf=conf)
    return run_id, journey.api.wait_for_run(DAG, run_id, timeout=240)


def _taken(journey) -> list[str]:
    lines = journey.house.sandbox.truth()
    return [line["ref"] for line in lines if line["service"] == "toll" and line["result"] == "TAKEN"]


def _states(journey) -> dict[str, str]:
    rows = journey.rows("SELECT file_name, row_no, state FROM mart.customs_presentation WHERE importer = 'landing'")
    return {f"{row['file_name']}:{row['row_no']}": row["state"] for row in rows}


def test_a_dropped_file_is_presented_and_its_importer_is_told(journey):
    journey.upload("landing", {b"fly 17.csv": FILE.encode("cp1252")}, folder="presentations")
    run_id, state = _run(journey)

    assert state == "success"
    assert _states(journey) == {
        "fly 17.csv:2": "ACCEPTED", "fly 17.csv:3": "ACCEPTED", "fly 17.csv:4": "ACCEPTED", "fly 17.csv:5": "BAD",
    }  # fmt: skip
    assert len(_taken(journey)) == 3
    folder = journey.house.sandbox.drop_root / "landing"
    assert [path.name for path in (folder / "presentations").iterdir()] == []
    (receipt,) = (folder / "receipts").glob("fly_17.csv.*.presentation.json")
    told = json.loads(receipt.read_text("utf-8"))
    assert [row["standing"] for row in told["rows"]] == ["taken", "taken", "taken", "bad", "expected"]
    assert "landing: 3 taken by customs" in journey.api.log(DAG, run_id, "party.present", map_index=0)

    for task in ("party.read", "party.check", "party.present", "party.receipt"):
        journey.api.clear(DAG, run_id, [task], downstream=True)
        assert journey.api.wait_for_run(DAG, run_id, timeout=240) == "success"
    assert len(_taken(journey)) == 3, "clearing a task presented something again"

    run_id, state = _run(journey)
    assert state == "success"
    tasks = {row["task_id"]: row["state"] for row in journey.api.task_instances(DAG, run_id)}
    assert tasks["find"] == "skipped" and set(tasks.values()) <= {"skipped"}


def test_the_form_presents_one_consignment_at_once(journey):
    before = _taken(journey)
    form = {"party": "landing", "level": "house-consignment", "document_number": "HC002", "document_type": "N703",
            "office": "NO351001"}  # fmt: skip
    run_id, state = _run(journey, form)
    assert state == "success" and len(_taken(journey)) == len(before) + 1
    assert _states(journey)[f"form {run_id}:1"] == "ACCEPTED"
    run_id, state = _run(journey, form)
    assert state == "success" and len(_taken(journey)) == len(before) + 1
    assert _states(journey)[f"form {run_id}:1"] == "AGAIN"


def test_a_form_without_its_importer_says_what_to_do(journey):
    run_id, state = _run(journey, {"level": "entry-summary-declaration", "mrn": "23NO00000000000001"})
    assert state == "failed"
    assert "The form names no importer" in journey.api.log(DAG, run_id, "find")
