from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from include.embedded.place import LONGEST_SOCKET_PATH
from include.embedded.postgres import EmbeddedPostgres
from include.embedded.processes import command_line
from include.errors import Busy

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).resolve().parents[3]


def _one(server: EmbeddedPostgres, query: str, database: str = "postgres") -> object:
    with psycopg.connect(server.dsn(database)) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_it_starts_within_five_seconds_and_keeps_its_data_over_a_restart(open_folder: Path) -> None:
    began = time.monotonic()
    with EmbeddedPostgres(open_folder / "pg") as server:
        assert time.monotonic() - began < 5
        server.create_database("warehouse")
        server.create_database("warehouse")
        with psycopg.connect(server.dsn("warehouse")) as connection:
            connection.execute("CREATE TABLE t AS SELECT 7 AS n")
    with EmbeddedPostgres(open_folder / "pg") as server:
        assert _one(server, "SELECT n FROM t", "warehouse") == 7
        assert _one(server, "SHOW fsync") == "on"
        assert _one(server, "SHOW max_connections") == "200"
        assert _one(server, "SHOW server_version_num").startswith("18")  # type: ignore[attr-defined]


def test_it_listens_on_no_network_and_wants_the_password(open_folder: Path) -> None:
    with EmbeddedPostgres(open_folder / "pg") as server:
        assert _one(server, "SHOW listen_addresses") == ""
        password = (open_folder / "pg" / "password").read_text()
        assert len(password) >= 24
        assert stat.S_IMODE((open_folder / "pg" / "password").stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.dsn().replace(password, "wrong"))
        method = _one(server, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules")
        assert method == "scram-sha-256"


def test_sqlalchemy_and_the_airflow_connection_reach_the_same_server(open_folder: Path) -> None:
    import sqlalchemy

    with EmbeddedPostgres(open_folder / "a b" / "pg") as server:
        engine = sqlalchemy.create_engine(server.sqlalchemy_url("postgres"))
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        engine.dispose()
        value = server.connection("postgres")
        with psycopg.connect(
            host=str(value["host"]), user=str(value["login"]), password=str(value["password"]), dbname="postgres"
        ) as raw:
            assert raw.execute("SELECT 1").fetchone() == (1,)


def test_a_second_start_of_the_same_folder_is_refused_while_the_first_runs(open_folder: Path) -> None:
    with (
        EmbeddedPostgres(open_folder / "pg"),
        pytest.raises(Busy, match="in use"),
        EmbeddedPostgres(open_folder / "pg"),
    ):
        pass


def test_after_a_kill_of_the_process_that_started_it_the_next_start_takes_over(open_folder: Path) -> None:
    home = open_folder / "pg"
    code = (
        "import os, signal, sys, pathlib\n"
        "from include.embedded.postgres import EmbeddedPostgres\n"
        "import psycopg\n"
        "server = EmbeddedPostgres(pathlib.Path(sys.argv[1])).start()\n"
        "psycopg.connect(server.dsn(), autocommit=True).execute('CREATE TABLE kept AS SELECT 1 AS n')\n"
        "print(server.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    orphan = int(killed.stdout)
    assert str(home) in command_line(orphan)
    with EmbeddedPostgres(home) as server:
        assert server.pid != orphan
        assert _one(server, "SELECT n FROM kept") == 1
    assert command_line(orphan) == ""


def test_after_a_kill_of_the_server_itself_it_recovers(open_folder: Path) -> None:
    server = EmbeddedPostgres(open_folder / "pg").start()
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    server.stop()
    with EmbeddedPostgres(open_folder / "pg") as again:
        assert _one(again, "SELECT n FROM kept") == 1


def test_a_lock_file_whose_process_id_now_belongs_to_a_stranger_does_not_hinder(open_folder: Path) -> None:
    with EmbeddedPostgres(open_folder / "pg"):
        pass
    stale = open_folder / "pg" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n\n\n")
    with EmbeddedPostgres(open_folder / "pg") as server:
        assert _one(server, "SELECT 1") == 1


def test_a_first_start_that_was_cut_off_is_done_again(open_folder: Path) -> None:
    half = open_folder / "pg" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(open_folder / "pg") as server:
        assert _one(server, "SELECT 1") == 1


def test_a_folder_the_server_cannot_enter_keeps_its_mode_and_gets_the_data_back_at_the_end(open_folder: Path) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    for _ in range(2):
        server = EmbeddedPostgres(private / "pg").start()
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS n (n int)")
            connection.execute("INSERT INTO n VALUES (1)")
            row = connection.execute("SELECT count(*) FROM n").fetchone()
        socket_folder = Path(str(server.connection("postgres")["host"]))
        server.stop()
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert not (socket_folder / ".s.PGSQL.5432").exists()
        assert (private / "pg" / "data" / "PG_VERSION").exists()
    assert row == (2,)
    assert not (private / "pg" / "temporary_folder").exists()
    if os.geteuid() == 0:
        assert not socket_folder.exists()


def test_a_path_too_long_for_a_socket_uses_a_short_one_and_removes_it(open_folder: Path) -> None:
    home = open_folder / ("x" * 60) / ("y" * 60) / "pg"
    with EmbeddedPostgres(home) as server:
        socket_folder = Path(str(server.connection("postgres")["host"]))
        assert len(os.fsencode(socket_folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH
        assert _one(server, "SHOW data_directory") == str(home / "data")
    assert not socket_folder.exists()


def test_programs_the_server_cannot_reach_are_copied_for_the_time_of_the_run(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    from include.embedded import place

    programs = place.server_programs()
    hidden = open_folder / "hidden"
    hidden.mkdir(mode=0o700)
    package = programs.parents[1]
    shutil.copytree(programs.parent, hidden / package.name / programs.parent.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, hidden / libraries.name, symlinks=True)
    monkeypatch.setattr(place, "server_programs", lambda: hidden / package.name / programs.parent.name / "bin")
    with EmbeddedPostgres(open_folder / "pg") as server:
        assert _one(server, "SHOW data_directory") == str(open_folder / "pg" / "data")
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
