"""The monthly report on its way: over real SFTP into the party's receipts, and as a file in a real mail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.sdk.exceptions import AirflowSkipException
from psycopg.conninfo import conninfo_to_dict

from include.embedded.postgres import EmbeddedPostgres
from include.errors import ServiceUnavailable
from include.exports.audience import Period
from include.ledger import sightings
from include.ledger.roles import grant_readers
from include.ledger.warehouse import connect
from include.sandbox.thread import SandboxThread
from samsvar.operators.report_month import FindReportsOperator, ReportMonthOperator

pytestmark = pytest.mark.postgres

LAST = Period.month(date.today()).before
NAME = f"report-{LAST.name}.html"
WANTS = {"nordbil": "mail", "fjordimport": "drop", "stille": "off", "ny": "drop"}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxThread]:
    with SandboxThread(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def parties(sandbox: Any, warehouse: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Four parties, one of which came this month; returns the block of nordbil, whose mail goes to two channels."""
    where = conninfo_to_dict(warehouse)
    given = {
        "ECOC_SFTP": sandbox.connections["ecoc_sftp"],
        "WAREHOUSE": {
            "conn_type": "postgres",
            "host": where["host"],
            "port": where.get("port"),
            "login": where["user"],
            "password": where["password"],
            "schema": where["dbname"],
        },
    }
    for name, connection in given.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(connection))
    common = {"organisation_number": "310000019"}
    blocks: list[dict[str, Any]] = [
        {**common, "id": one, "name": one.title(), "monthly_report": how} for one, how in WANTS.items()
    ]
    channels = [{"type": "smtp", "conn_id": name, "to": ["ecoc@example.no"]} for name in ("nowhere", "post")]
    blocks[0]["notify"] = channels
    file = tmp_path / "parties.yaml"
    monkeypatch.setenv("SAMSVAR_PARTIES_FILE", str(file))
    file.write_text(yaml.safe_dump({"parties": blocks}), encoding="utf-8")
    with connect(warehouse) as connection:
        for one in WANTS:
            sightings.name_party(connection, one, one.title(), "310000019", "Europe/Oslo")
            day = LAST.last if one != "ny" else date.today()
            connection.execute("INSERT INTO ledger.party_day (party, day, due) VALUES (%s, %s, false)", (one, day))
        connection.commit()
        grant_readers(connection)
    return blocks[0]


def _due() -> list[str]:
    try:
        return [one["party_id"] for one in FindReportsOperator(task_id="reports").execute({})]
    except AirflowSkipException:
        return []


def _hand_out(party: str) -> str:
    return str(ReportMonthOperator(task_id="report", party_id=party, month=LAST.name).execute({}))


def _lying(sandbox: Any, party: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (sandbox.drop_root / party / "receipts").iterdir()}


def test_a_report_lies_at_the_drop_and_is_in_the_mail_once(
    parties: dict[str, Any], sandbox: Any, warehouse: str, mail: Any, postgres: EmbeddedPostgres
) -> None:
    assert sorted(_due()) == ["fjordimport", "nordbil"], "not who wants none, nor who was not here yet"
    said = _hand_out("nordbil")
    _hand_out("fjordimport")

    lying = _lying(sandbox, "nordbil")
    assert list(lying) == [NAME] and lying[NAME].startswith(b"<!doctype html>")
    ((receivers, message),) = mail.got
    (attached,) = message.iter_attachments()
    assert receivers == ["ecoc@example.no"] and said in message["Subject"] and mail.encrypted == 1
    assert attached.get_filename() == NAME and attached.get_content() == lying[NAME]
    with connect(warehouse) as connection:
        kept = connection.execute("SELECT party, sha256, mailed_at FROM ledger.report ORDER BY party").fetchall()
    digests = {party: hashlib.sha256(_lying(sandbox, party)[NAME]).hexdigest() for party in ("fjordimport", "nordbil")}
    assert {row["party"]: row["sha256"] for row in kept} == digests
    assert [row["mailed_at"] is not None for row in kept] == [False, True]
    assert _due() == []
    _hand_out("nordbil")
    assert list(_lying(sandbox, "nordbil")) == [NAME], "cleared, it replaces what lies there"


def test_a_mail_that_nobody_took_is_tried_again_and_a_drop_that_is_away_records_nothing(
    parties: dict[str, Any], sandbox: Any, mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        there = sandbox.connections["ecoc_sftp"] | {"port": 9}
        away.setenv("AIRFLOW_CONN_ECOC_SFTP", json.dumps(there))
        with pytest.raises(ServiceUnavailable):
            _hand_out("nordbil")
    assert mail.got == [] and "nordbil" in _due(), "no mail about a report that lies nowhere"
    with monkeypatch.context() as away:
        away.delenv("AIRFLOW_CONN_POST")
        _hand_out("nordbil")
    assert NAME in _lying(sandbox, "nordbil") and mail.got == [] and "nordbil" in _due()
    _hand_out("nordbil")
    assert len(mail.got) == 1 and "nordbil" not in _due()
