"""The register through real Airflow: registration is watched, questions are answered, and a name is kept nowhere."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest

from include.errors import ServiceUnavailable
from include.ivi.samples import sample_vin

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house"), pytest.mark.timeout(600)]

Journey = Any
CANARY = "Kanarifugl"
VARIABLE = "samsvar_secret_owner"


def _run(journey: Journey, dag_id: str, conf: dict[str, Any]) -> tuple[str, str]:
    journey.api.set_paused(dag_id, paused=False)
    run_id = journey.api.trigger(dag_id, conf=conf)
    return run_id, journey.api.wait_for_run(dag_id, run_id, timeout=240)


def _tables_with(journey: Journey, word: str) -> list[str]:
    """Tables of Airflow's own database in which any row holds the word."""
    with psycopg.connect(journey.house.postgres.dsn("airflow")) as connection:
        names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found = []
        for name in names:
            query = psycopg.sql.SQL("SELECT count(*) FROM {0} t WHERE t::text LIKE %s").format(
                psycopg.sql.Identifier(name)
            )
            (number,) = connection.execute(query, (f"%{word}%",)).fetchone() or (0,)
            if number:
                found.append(name)
    return found


def _logs_with(journey: Journey, word: str) -> list[str]:
    files = [path for path in (journey.house.home / "airflow").rglob("*.log") if path.is_file()]
    assert files
    return [path.name for path in files if word in path.read_text("utf-8", "replace")]


def test_accepted_vehicles_are_watched_and_turn_registered(journey: Journey) -> None:
    vin = sample_vin(120)
    journey.house.sandbox.vehicles.register(vin, "2026-11-21")
    run_id, state = _run(journey, "ecoc_registration", {"now": True})
    assert state == "success"
    (row,) = journey.rows("SELECT registered_at FROM mart.ecoc_document WHERE vin = %s", vin)
    assert row["registered_at"] is not None
    tasks = [one for one in journey.api.task_instances("ecoc_registration", run_id) if one["task_id"] == "watch"]
    assert {one["rendered_map_index"] for one in tasks} >= {"nordbil", "fjordimport", "svea_nuf"}
    at = next(one["map_index"] for one in tasks if one["rendered_map_index"] == "nordbil")
    assert "vehicles looked up: 1 registered" in journey.api.log("ecoc_registration", run_id, "watch", map_index=at)


def test_an_owners_name_is_used_once_and_kept_nowhere(journey: Journey) -> None:
    journey.api.call("POST", "/variables", json={"key": VARIABLE, "value": f"Kari {CANARY}"})
    form = {"party": "nordbil", "vins": [sample_vin(121)], "plates": ["ZZ 99999"], "owner_variable": VARIABLE}

    run_id, state = _run(journey, "vehicle_lookup", form)

    assert state == "success"
    paths = list((journey.house.sandbox.drop_root / "nordbil" / "receipts").glob("form-*.lookup.xlsx"))
    assert len(paths) == 1
    book = openpyxl.load_workbook(io.BytesIO(paths[0].read_bytes()))
    assert book.worksheets[0].max_row > 10 and book.worksheets[1].max_row == 2
    with pytest.raises(ServiceUnavailable, match="404"):
        journey.api.call("GET", f"/variables/{VARIABLE}")
    receipts = b"".join(Path(path).read_bytes() for path in paths)
    assert CANARY.encode() not in receipts and CANARY not in str([list(s.values) for s in book.worksheets])
    assert _tables_with(journey, CANARY) == [] and _logs_with(journey, CANARY) == []
    assert "the form asks for 3" in _log(journey, run_id, "take")

    journey.api.clear("vehicle_lookup", run_id, [one["task_id"] for one in _instances(journey, run_id)])
    assert journey.api.wait_for_run("vehicle_lookup", run_id, timeout=240) == "success"
    assert len(journey.rows("SELECT id FROM ledger.lookup WHERE source = 'form'")) == 1


def test_a_name_that_is_typed_into_the_run_is_refused_without_repeating_it(journey: Journey) -> None:
    run_id, state = _run(journey, "vehicle_lookup", {"party": "nordbil", "owner": "Ola Sniktitt"})
    assert state == "failed"
    assert "samsvar_secret_" in _log(journey, run_id, "find") and _logs_with(journey, "Sniktitt") == []
    assert "dag_run" in _tables_with(journey, "Sniktitt"), "Airflow keeps what is typed, which is why"


def _instances(journey: Journey, run_id: str) -> list[dict[str, Any]]:
    return list(journey.api.task_instances("vehicle_lookup", run_id))


def _log(journey: Journey, run_id: str, task: str) -> str:
    (one,) = [one for one in _instances(journey, run_id) if one["task_id"].split(".")[-1] == task]
    return str(journey.api.log("vehicle_lookup", run_id, one["task_id"], map_index=one["map_index"]))
