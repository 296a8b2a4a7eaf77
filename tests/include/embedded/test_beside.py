from __future__ import annotations

from pathlib import Path

import pytest

from include.embedded import __main__ as command
from include.embedded.beside import running_server
from include.embedded.postgres import EmbeddedPostgres
from include.ledger.migrate import migrate
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres


def test_a_guest_asks_the_running_server_and_leaves_it_running(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg") as host:
        pid = host.pid
        with running_server(tmp_path / "pg") as server, connect(server.dsn()) as connection:
            assert connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}
        assert host.pid == pid
        with connect(host.dsn()) as connection:
            assert connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}
    with running_server(tmp_path / "pg") as server:
        assert server.pid not in (None, pid)
    assert server.pid is None


def test_verify_ledger_asks_the_ledgers_that_demo_and_up_left_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "HOME", tmp_path)
    assert command.main(["verify-ledger"]) == 1
    assert "There is no ledger here" in capsys.readouterr().out
    with EmbeddedPostgres(tmp_path / "demo" / "postgres") as server:
        server.create_database("warehouse")
        monkeypatch.setattr("include.ledger.migrate.MONTHS_AHEAD", 1)
        migrate(server.dsn("warehouse"))

        assert command.main(["verify-ledger"]) == 0

    assert "Nothing is sealed yet" in capsys.readouterr().out
    assert command.main(["verify-ledger", "--anchor", "ab" * 32]) == 1
    assert "No seal has the root" in capsys.readouterr().out
