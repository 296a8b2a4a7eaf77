"""`python -m samsvar migrate`: one sentence when it cannot, and the pools' record when it can."""

from __future__ import annotations

import json

import pytest

from include.ledger import pools
from include.ledger.warehouse import connect
from samsvar import __main__ as command
from samsvar.house import POOLS


def test_without_a_connection_it_says_how_to_make_one(monkeypatch, capsys):
    monkeypatch.delenv("AIRFLOW_CONN_WAREHOUSE", raising=False)
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "client")
    assert command.main(["migrate"]) == 1
    assert "AIRFLOW_CONN_WAREHOUSE" in capsys.readouterr().err


@pytest.mark.postgres
def test_it_migrates_and_records_the_pools_it_made(monkeypatch, tmp_path):
    from include.embedded.postgres import EmbeddedPostgres

    made = []
    monkeypatch.setattr(command, "import_pools", lambda wanted: made.extend(wanted))
    with EmbeddedPostgres(tmp_path / "pg") as server:
        server.create_database("fresh")
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(server.connection("fresh")))
        assert command.main(["migrate"]) == 0
        assert command.main(["migrate"]) == 0
        with connect(server.dsn("fresh")) as connection:
            pools.refuse_missing(connection, POOLS)
    assert set(made) == set(POOLS)
