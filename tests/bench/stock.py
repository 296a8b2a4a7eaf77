"""The stock contestant: real Airflow, one mapped task per file, the providers' hooks (stock_dags/stock.py)."""

from __future__ import annotations

import asyncio
import json
import shutil
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from include.embedded.airflow import EmbeddedAirflow
from include.embedded.keeper import Keeper
from include.embedded.postgres import EmbeddedPostgres
from include.maskinporten.grant import Grant
from include.maskinporten.settings import settings_from_extra
from include.maskinporten.source import TokenSource
from tests.bench.servers import Servers, look_at_drop

_DAGS = Path(__file__).parent / "stock_dags"
_SECONDS = 3_600.0


def stock_night(home: Path, documents: int, parallelism: int) -> tuple[float, list[str]]:
    """Seconds from the start of the listing to the last rename, and what does not fit the authority's own log."""
    home = home.absolute()
    shutil.rmtree(home, ignore_errors=True)
    plugins = home / "plugins"
    plugins.mkdir(parents=True)
    try:
        with Servers(home / "servers") as servers:
            servers.fill("stock", documents)
            (servers.drop_root / "stock" / "archive").mkdir()
            postgres = EmbeddedPostgres(home / "postgres")
            keeper = Keeper(houses=[home / "airflow"], servers=[postgres.home], log=home / "keeper.log")
            with keeper, postgres:
                seconds = _run(home, servers, postgres, parallelism)
            filed = look_at_drop(servers, "stock")
            counted = {
                "created": len(servers.created()),
                "renamed": len(list((servers.drop_root / "stock/archive").iterdir())),
            }
            problems = [f"{what}: {got}, expected {documents}" for what, got in counted.items() if got != documents]
            return (filed.last_rename - seconds).total_seconds(), problems
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run(home: Path, servers: Servers, postgres: EmbeddedPostgres, parallelism: int) -> datetime:
    """Runs the DAG; when its first task began."""
    for name in ("airflow", "warehouse"):
        postgres.create_database(name)
    with psycopg.connect(postgres.dsn("warehouse")) as connection:
        connection.execute("CREATE TABLE stock_result (name text, reply text)")
    connections = {
        "ecoc_sftp": servers.connections["ecoc_sftp"],
        "warehouse": postgres.connection("warehouse"),
        "stock_vegvesen": _authority(servers),
    }
    with EmbeddedAirflow(
        home / "airflow",
        metadata_url=postgres.sqlalchemy_url("airflow"),
        connections=connections,
        dags_folder=_DAGS,
        plugins_folder=home / "plugins",
        parallelism=parallelism,
    ) as airflow:
        api = airflow.api
        api.wait_for_dags(["stock"])
        api.set_paused("stock", paused=False)
        run = api.trigger("stock")
        api.wait_for_run("stock", run, timeout=_SECONDS)
        began = [task["start_date"] for task in api.task_instances("stock", run) if task["task_id"] == "list_files"]
        return datetime.fromisoformat(began[0])


def _authority(servers: Servers) -> dict[str, Any]:
    """An http connection with a token that lasts the whole run, since the HTTP hook cannot renew one."""
    control = json.loads((servers.home / "authority" / "sandbox.json").read_text())["control"]
    request = urllib.request.Request(
        f"{control}/knobs", json.dumps({"token_lifetime": 7_200}).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).close()
    maskinporten, vegvesen = servers.connections["maskinporten"], servers.connections["vegvesen"]
    settings = settings_from_extra(
        conn_id="maskinporten", host=maskinporten["host"], login=maskinporten["login"], extra=maskinporten["extra"]
    )
    grant = Grant(scope=vegvesen["extra"]["scope"], resource=vegvesen["extra"]["resource"])
    token = asyncio.run(TokenSource(settings).token(grant))
    host, _, port = vegvesen["host"].removeprefix("http://").partition(":")
    extra = {"Authorization": f"Bearer {token.value}"}
    return {"conn_type": "http", "schema": "http", "host": host, "port": int(port), "extra": extra}
