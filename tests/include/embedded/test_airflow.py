from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.embedded.airflow import EmbeddedAirflow
from include.embedded.postgres import EmbeddedPostgres
from include.embedded.processes import members, wait_for
from include.errors import ConfigurationError, ServiceUnavailable

pytestmark = pytest.mark.house

ROOT = Path(__file__).resolve().parents[3]
DAG = """
from airflow.sdk import dag, task

@dag(schedule=None, catchup=False)
def tiny():
    @task
    def double(n):
        from airflow.sdk import BaseHook
        print("canary of the connection:", BaseHook.get_connection("somewhere").host)
        return 2 * n
    double.expand(n=[1, 2])

@dag(schedule=None, catchup=False)
def endless():
    @task
    def sleep():
        import subprocess
        subprocess.run(["sleep", "600"])
    sleep()

tiny()
endless()
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedPostgres, Path]]:
    folder = tmp_path_factory.mktemp("house")
    (folder / "dags").mkdir()
    (folder / "plugins").mkdir()
    (folder / "dags" / "tiny.py").write_text(DAG)
    with EmbeddedPostgres(folder / "postgres") as server:
        server.create_database("airflow")
        yield server, folder


def _airflow(server: EmbeddedPostgres, folder: Path, *, port: int | None = None) -> EmbeddedAirflow:
    return EmbeddedAirflow(
        folder / "airflow",
        metadata_url=server.sqlalchemy_url("airflow"),
        connections={"somewhere": {"conn_type": "http", "host": "there.example"}},
        dags_folder=folder / "dags",
        plugins_folder=folder / "plugins",
        parallelism=2,
        port=port,
    )


def test_a_run_goes_through_the_real_scheduler_and_nothing_survives_the_stop(
    house: tuple[EmbeddedPostgres, Path],
) -> None:
    server, folder = house
    airflow = _airflow(server, folder)
    try:
        airflow.start()
        airflow.api.wait_for_dags(["tiny", "endless"])
        airflow.api.set_pool("authority", 3)
        airflow.api.set_pool("authority", 4)
        airflow.api.set_paused("tiny", paused=False)
        run = airflow.api.trigger("tiny")
        assert airflow.api.wait_for_run("tiny", run, timeout=90) == "success"
        rows = airflow.api.task_instances("tiny", run)
        assert [(row["map_index"], row["state"]) for row in rows] == [(0, "success"), (1, "success")]
        assert "there.example" in airflow.api.log("tiny", run, "double", map_index=1)
        assert airflow.api.clear("tiny", run, [("double", 1)]) == 1
        assert airflow.api.wait_for_run("tiny", run, timeout=90) == "success"
        assert [row["try_number"] for row in airflow.api.task_instances("tiny", run)] == [1, 2]
        airflow.api.mark("tiny", run, "double", "failed", map_index=0)
        assert airflow.api.task_instances("tiny", run)[0]["state"] == "failed"

        airflow.api.set_paused("endless", paused=False)
        stuck = airflow.api.trigger("endless")
        assert wait_for(lambda: airflow.api.task_instances("endless", stuck)[0]["state"] == "running", 60)
        began = time.monotonic()
    finally:
        airflow.stop()
    assert time.monotonic() - began < 16
    assert members(airflow.home) == []
    for file in ("secrets.json", "passwords.json"):
        assert stat.S_IMODE((airflow.home / file).stat().st_mode) == 0o600


def test_it_listens_on_loopback_only_and_a_killed_supervisor_leaves_nothing_behind(
    house: tuple[EmbeddedPostgres, Path],
) -> None:
    server, folder = house
    code = (
        "import json, os, pathlib, signal, sys\n"
        "from include.embedded.airflow import EmbeddedAirflow\n"
        "from include.embedded.keeper import Keeper\n"
        "folder, url = pathlib.Path(sys.argv[1]), os.environ['METADATA']\n"
        "airflow = EmbeddedAirflow(folder / 'airflow', metadata_url=url, dags_folder=folder / 'dags',\n"
        "                          plugins_folder=folder / 'plugins', parallelism=2)\n"
        "with Keeper(houses=[airflow.home], servers=[], log=folder / 'keeper.log'):\n"
        "    airflow.start()\n"
        "    print(airflow.port, flush=True)\n"
        "    signal.pause()\n"
    )
    environment = {**os.environ, "METADATA": server.sqlalchemy_url("airflow")}
    supervisor = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    port = int(supervisor.stdout.readline())
    home = folder / "airflow"
    try:
        assert {address for process in members(home) for address in _listening(process)} == {("127.0.0.1", port)}
    finally:
        os.kill(supervisor.pid, signal.SIGKILL)
        supervisor.wait()
    assert wait_for(lambda: members(home) == [], 25)


def _listening(process: object) -> list[tuple[str, int]]:
    found = process.net_connections(kind="inet")  # type: ignore[attr-defined]
    return [(one.laddr.ip, one.laddr.port) for one in found if one.status == "LISTEN"]


def test_a_taken_port_and_a_part_that_cannot_start_are_told_in_one_sentence(
    house: tuple[EmbeddedPostgres, Path],
) -> None:
    server, folder = house
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} on 127.0.0.1 is in use"):
            _airflow(server, folder, port=port).start()
    broken = EmbeddedAirflow(
        folder / "broken",
        metadata_url=server.sqlalchemy_url("airflow"),
        dags_folder=folder / "dags",
        plugins_folder=folder / "plugins",
        extra_env={"AIRFLOW__CORE__EXECUTOR": "NoSuchExecutor"},
    )
    with pytest.raises(ServiceUnavailable, match=r"Airflow's .* ended: "):
        broken.start()
    assert members(broken.home) == []


def test_the_environment_of_the_caller_does_not_leak_and_connections_are_json(
    house: tuple[EmbeddedPostgres, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, folder = house
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "99")
    monkeypatch.setenv("AIRFLOW_CONN_SECRET", "canary")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("HTTPS_PROXY", "http://canary")
    airflow = _airflow(server, folder)
    assert airflow.environment["AIRFLOW__CORE__PARALLELISM"] == "2"
    assert "canary" not in json.dumps(airflow.environment)
    assert "PYTHONDONTWRITEBYTECODE" not in airflow.environment
    assert json.loads(airflow.environment["AIRFLOW_CONN_SOMEWHERE"])["host"] == "there.example"
    assert airflow.login[1] not in repr(airflow._secrets)
