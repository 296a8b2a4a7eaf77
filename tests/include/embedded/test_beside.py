from __future__ import annotations

from pathlib import Path

import pytest

from include.embedded.beside import running_server
from include.embedded.postgres import EmbeddedPostgres
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
