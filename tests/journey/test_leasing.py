"""Changes of leaseholders on the real house, and the canary test over all that it wrote: files, databases, exports."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from include.embedded.demo_leasing import DAG_ID, show_leasing
from include.exports.audience import Audience, Period
from include.exports.files import export
from include.exports.report import monthly_report
from include.exports.tables import TABLES
from include.ledger.roles import grant_readers
from include.ledger.warehouse import connect
from include.sandbox.leasing import PEOPLE
from include.sandbox.register_view import OWNER_CANARY

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house"), pytest.mark.timeout(900)]

#: Numbers as they were planted, and surnames that occur nowhere else.
NUMBERS = tuple(PEOPLE)[:3]
NAMES = ("Firkant", "Trekant", "Søyle", "Sirkel")


@pytest.fixture
def people(canaries: Any) -> Any:
    """Leaseholders' numbers and surnames, and owners' names and addresses."""
    canaries.plant([*NUMBERS, *NAMES, OWNER_CANARY])
    return canaries


def test_leaseholders_are_added_ended_and_refused(journey) -> None:
    said: list[str] = []
    show_leasing(journey.house, said.append)
    assert any("fjordimport: 3 accepted" in line for line in said)


def test_what_ends_a_run_wakes_the_reconciliation(journey) -> None:
    with psycopg.connect(journey.house.postgres.dsn("airflow")) as connection:
        rows = connection.execute(
            "SELECT DISTINCT e.source_dag_id FROM asset_event e JOIN asset a ON a.id = e.asset_id "
            "WHERE a.name = 'samsvar_reconciled'"
        ).fetchall()
    assert {"leasing_changes", "ecoc_submission__nordbil"} <= {name for (name,) in rows}


def test_nothing_of_a_person_is_left_in_anything_nor_in_any_export(journey, people) -> None:
    month, folder = Period.month(date.today()), journey.house.home / "handed out"
    with connect(journey.house.dsn) as connection:
        grant_readers(connection)
        for audience in (Audience(), Audience("nordbil"), Audience("fjordimport")):
            exported = export(connection, folder, audience, month)
            assert set(exported.rows) == {table.name for table in TABLES} and exported.rows["leasing_change"] > 0
        report = monthly_report(connection, "nordbil", "Nordbil", month, "nb", datetime.now(UTC))
        (folder / "report.html").write_text(report.html, "utf-8")
    _nothing_left(journey, people)  # before the form's test: what Airflow refuses, it keeps in its audit log


def test_the_form_takes_an_organisation_and_no_run_begins_with_what_could_be_a_number(journey, people) -> None:
    conf = {"party": "nordbil", "kjennemerke": "CU10030", "organisasjonsnummer": "310000035"}
    run = journey.api.trigger(DAG_ID, conf=conf)
    assert journey.api.wait_for_run(DAG_ID, run, timeout=120) == "success"
    with psycopg.connect(journey.house.dsn) as connection:
        states = connection.execute("SELECT state FROM mart.leasing_change WHERE kjennemerke = 'CU10030'").fetchall()
    assert states == [("ACCEPTED",)]
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
