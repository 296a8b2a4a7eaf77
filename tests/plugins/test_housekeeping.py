"""The tasks of housekeeping, each in every warehouse that a party names."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from include.errors import ConfigurationError, SamsvarError
from include.ledger import sightings
from include.ledger.warehouse import connect, now_of
from samsvar.operators.delete_payloads import DeletePayloadsOperator
from samsvar.operators.make_partitions import MakePartitionsOperator
from samsvar.operators.seal_evidence import SealEvidenceOperator

pytestmark = pytest.mark.postgres


@pytest.fixture
def two_warehouses(postgres, copy_of_warehouse, monkeypatch, tmp_path: Path):
    """`warehouse` and `other`, one party each."""
    names = {"warehouse": copy_of_warehouse(), "other": copy_of_warehouse()}
    for conn_id, name in names.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(postgres.connection(name)))
    parties = [
        {"id": "nordbil", "name": "N", "organisation_number": "310000019"},
        {"id": "svea", "name": "S", "organisation_number": "310000027", "connections": {"warehouse": "other"}},
    ]
    file = tmp_path / "parties.yaml"
    file.write_text(yaml.safe_dump({"parties": parties}), encoding="utf-8")
    monkeypatch.setenv("SAMSVAR_PARTIES_FILE", str(file))
    yield {conn_id: postgres.dsn(name) for conn_id, name in names.items()}
    for name in names.values():
        postgres.drop_database(name)


def _old_evidence(dsn: str) -> None:
    with connect(dsn) as connection:
        sightings.name_party(connection, "nordbil", "N", "310000019", "Europe/Oslo")
        moment = now_of(connection) - timedelta(days=400)
        connection.execute(
            "INSERT INTO ledger.reply (sha256, body, stored_at) "
            "VALUES (encode(sha256('old'), 'hex'), 'old', %s), (encode(sha256('new'), 'hex'), 'new', now())",
            (moment,),
        )
        connection.execute(
            "INSERT INTO ledger.attempt (recorded_at, ended_at, submission_id, attempt_no, owner, started_at, outcome) "
            "VALUES (%s, %s, %s, 1, 'me', now(), 'unknown')",
            (now_of(connection) - timedelta(days=3), moment, uuid4()),
        )
        connection.commit()


def _count(dsn: str, table: str) -> int:
    with connect(dsn) as connection:
        row = connection.execute(f"SELECT count(*) AS n FROM {table}".encode()).fetchone()
    return int(row["n"])


def test_payloads_go_after_their_time_in_every_warehouse(two_warehouses):
    for dsn in two_warehouses.values():
        _old_evidence(dsn)
    task = DeletePayloadsOperator(task_id="delete_payloads", months="12")

    assert [line.split()[1] for line in task.execute({})] == ["1", "1"]
    assert [line.split()[1] for line in task.execute({})] == ["0", "0"], "cleared"

    assert {_count(dsn, "ledger.reply") for dsn in two_warehouses.values()} == {1}
    assert {_count(dsn, "ledger.payload_removal") for dsn in two_warehouses.values()} == {1}


@pytest.mark.parametrize("setting", ["0", "-3", "twelve", "1.5", "99999"])
def test_a_retention_that_is_no_number_of_months_deletes_nothing_and_says_so(two_warehouses, setting):
    _old_evidence(two_warehouses["warehouse"])
    with pytest.raises(ConfigurationError, match="SAMSVAR_RETENTION_MONTHS"):
        DeletePayloadsOperator(task_id="delete_payloads", months=setting).execute({})
    assert _count(two_warehouses["warehouse"], "ledger.reply") == 2


def test_days_that_are_over_are_sealed_once_however_often_it_is_cleared(two_warehouses):
    _old_evidence(two_warehouses["warehouse"])
    task = SealEvidenceOperator(task_id="seal")

    _, first = task.execute({})
    assert "over 1 rows of evidence" in first
    _, again = task.execute({})

    assert "nothing new" in again
    assert _count(two_warehouses["warehouse"], "ledger.seal") in (2, 3)
    assert _count(two_warehouses["other"], "ledger.seal") == 0


def test_a_warehouse_that_is_away_does_not_keep_the_other_from_its_seal(two_warehouses, monkeypatch):
    _old_evidence(two_warehouses["warehouse"])
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", json.dumps({"conn_type": "postgres", "host": "127.0.0.1", "port": 1}))

    with pytest.raises(SamsvarError, match="cannot be reached"):
        SealEvidenceOperator(task_id="seal").execute({})

    assert _count(two_warehouses["warehouse"], "ledger.seal") >= 2


def test_months_ahead_are_made_where_they_are_missing(two_warehouses, monkeypatch):
    monkeypatch.setattr("include.ledger.migrate.MONTHS_AHEAD", 4)
    query = "pg_inherits WHERE inhparent = 'ledger.attempt'::regclass"
    before = _count(two_warehouses["other"], query)

    MakePartitionsOperator(task_id="make_partitions").execute({})
    MakePartitionsOperator(task_id="make_partitions").execute({})

    assert _count(two_warehouses["other"], query) == before + 2
