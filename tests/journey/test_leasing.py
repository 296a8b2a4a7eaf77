"""Changes of leaseholders on the real house, and the canary test over all that it wrote: files, databases, exports."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from include.embedded.demo_leasing import DAG_ID, show_leasing
from include.exports.tables import TABLES
from include.sandbox.leasing import PEOPLE
from include.sandbox.register_view import OWNER_CANARY

pytestmark = pytest.mark.house

#: Numbers as they were planted, and surnames that occur nowhere else.
NUMBERS = tuple(PEOPLE)[:3]
NAMES = ("Firkant", "Trekant", "Søyle", "Sirkel")


@pytest.fixture
def people(canaries: Any) -> Any:
    """Leaseholders' numbers and surnames, and owners' names and addresses."""
    canaries.plant([*NUMBERS, *NAMES, OWNER_CANARY])
    return canaries


def test_leaseholders_are_added_ended_and_refused_and_nothing_of_them_is_left(journey, people) -> None:
    said: list[str] = []
    show_leasing(journey.house, said.append)
    assert any("fjordimport: 3 accepted" in line for line in said)
    _nothing_left(journey, people)


def test_every_export_is_written_and_no_person_and_no_secret_is_in_anything(journey, people) -> None:
    month = date.today().strftime("%Y-%m")
    run = journey.api.trigger("reconciliation", conf={"month": date.today().isoformat()})
    journey.api.wait_for_run("reconciliation", run, timeout=300)  # red: a party's warehouse is away
    written = journey.house.home / "airflow" / "samsvar-exports"
    for audience in ("all", "nordbil", "fjordimport", "svea_nuf", "landing"):
        names = {path.name for path in (written / audience / month).iterdir()}
        wanted = {f"{table.name}.{kind}" for table in TABLES for kind in ("csv", "parquet")}
        assert names == wanted | {f"samsvar-{audience}-{month}.xlsx"}
        assert (journey.house.sandbox.drop_root / "nordbil" / "receipts" / f"report-{month}.html").exists()
    _nothing_left(journey, people)

    secrets = type(people)()
    secrets.plant_secrets({**journey.house.sandbox.connections, "w": journey.house.postgres.connection("warehouse")})
    secrets.plant(["eyJhbGciOi"])
    assert secrets.in_files(journey.house.home, but=_keeps_secrets) == []
    assert [line for name in ("airflow", "warehouse") for line in secrets.in_database(journey.house.postgres.dsn(name))
            if not line.startswith("ledger.reply:")] == []  # fmt: skip


def _keeps_secrets(path: Path) -> bool:
    """What a deployment keeps in a secrets backend, and the authorities' own side."""
    names = ("secrets.json", "passwords.json", "connections.json", "sandbox.json")
    return path.name in names or bool({"postgres", "keys"} & set(path.parts))


def test_what_ends_a_run_wakes_the_reconciliation(journey) -> None:
    with psycopg.connect(journey.house.postgres.dsn("airflow")) as connection:
        rows = connection.execute(
            "SELECT DISTINCT e.source_dag_id FROM asset_event e JOIN asset a ON a.id = e.asset_id "
            "WHERE a.name = 'samsvar_reconciled'"
        ).fetchall()
    assert {"leasing_changes", "ecoc_submission__nordbil"} <= {name for (name,) in rows}


def test_the_form_takes_an_organisation_and_no_run_begins_with_what_could_be_a_number(journey, people) -> None:
    conf = {"party": "nordbil", "kjennemerke": "CU10030", "organisasjonsnummer": "310000035"}
    run = journey.api.trigger(DAG_ID, conf=conf)
    assert journey.api.wait_for_run(DAG_ID, run, timeout=120) == "success"
    with psycopg.connect(journey.house.dsn) as connection:
        states = connection.execute("SELECT state FROM mart.leasing_change WHERE kjennemerke = 'CU10030'").fetchall()
    assert states == [("ACCEPTED",)]
    _nothing_left(journey, people)
    for field in ("organisasjonsnummer", "words", "party", "kjennemerke"):
        with pytest.raises(Exception, match=r"400|422|nvalid"):
            journey.api.trigger(DAG_ID, conf={field: NUMBERS[0]})
    # Airflow's audit log keeps the body of a refused request as well, which is why the form has no field for a number.
    with psycopg.connect(journey.house.postgres.dsn("airflow")) as connection:
        runs = connection.execute("SELECT conf::text FROM dag_run").fetchall()
    assert not any(people.hits(str(conf).encode()) for (conf,) in runs)


def _nothing_left(journey, people) -> None:
    """Logs, Airflow's database (XCom, rendered fields, runs, events), the warehouse with its marts, receipts, files."""
    house = journey.house
    found = people.in_files(house.home, but=lambda path: _may_hold(path, house.home))
    for database in ("airflow", "warehouse"):
        found += people.in_database(house.postgres.dsn(database))
    assert found == []


def _may_hold(path: Path, home: Path) -> bool:
    """The importer's own file in its own archive, until it is erased."""
    below = path.relative_to(home).as_posix()
    return bool(re.match(r"sandbox/drop/\w+/archive/", below))
