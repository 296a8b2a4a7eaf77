"""A real Airflow as child processes of one supervisor: for the demo, the tests of the journey and `make up`.

Not `airflow standalone`, which stays up when its parts die: API server, scheduler, DAG processor and triggerer run each
in a session of its own, on loopback, with everything they write below one home folder.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from include.embedded.airflow_settings import ROOT, USER, airflow_environment
from include.embedded.processes import end_house, start_process, wait_for
from include.embedded.rest import AirflowApi
from include.embedded.secrets_file import house_secrets, write_private
from include.errors import ConfigurationError, ServiceUnavailable

#: Name of each part and its arguments. Log servers are left out: they would listen on every network interface.
PARTS: Mapping[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}


class EmbeddedAirflow:
    """One Airflow with its own home, database and port.

    `connections` maps connection ids to their JSON form (conn_type, host, login, password, extra …); they reach Airflow
    as environment variables and are never written down. `port` None takes a free one. DAGs are paused when first seen.
    """

    def __init__(
        self,
        home: Path,
        *,
        metadata_url: str,
        connections: Mapping[str, Mapping[str, Any]] | None = None,
        parties_file: Path | None = None,
        extra_env: Mapping[str, str] | None = None,
        port: int | None = None,
        dags_folder: Path = ROOT / "dags",
        plugins_folder: Path = ROOT / "plugins",
        parallelism: int = 8,
    ) -> None:
        self.home = home.absolute()
        self.port = port if port is not None else _free_port()
        self._wanted_port = port
        self._secrets = house_secrets(self.home / "secrets.json")
        self._metadata_url = metadata_url
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = airflow_environment(
            self.home,
            secrets=self._secrets,
            metadata_url=metadata_url,
            port=self.port,
            dags_folder=dags_folder,
            plugins_folder=plugins_folder,
            parallelism=parallelism,
            connections=connections or {},
            parties_file=parties_file,
            extra_env=extra_env or {},
        )
        self.api = AirflowApi(f"http://127.0.0.1:{self.port}", user=USER, password=self._secrets.password)

    @property
    def url(self) -> str:
        """Where the UI is."""
        return self.api.base_url

    @property
    def login(self) -> tuple[str, str]:
        """User and password of the UI, to be shown once to the person who started it."""
        return USER, self._secrets.password

    def start(self, *, timeout: float = 120.0) -> Self:
        """Migrate the metadata if needed, start every part, wait until all are healthy.

        Raises ConfigurationError when the port is taken, ServiceUnavailable with the last words of what failed.
        """
        end_house(self.home)  # what a killed supervisor may have left behind
        if self._wanted_port is not None and not _is_free(self._wanted_port):
            raise ConfigurationError(f"Port {self._wanted_port} on 127.0.0.1 is in use: stop what listens there.")
        write_private(self.home / "passwords.json", json.dumps({USER: self._secrets.password}))
        self._write_local_settings()
        try:
            self.migrate()
            for part, arguments in PARTS.items():
                self._start_part(part, arguments)
            self._wait_until_healthy(timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End every process, tasks included, within about 15 s. Safe to call twice."""
        self.api.close()
        last = [child for part, child in self._children.items() if part == "api-server"]
        end_house(self.home, first=[child for child in self._children.values() if child not in last], last=last)
        self._children.clear()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def migrate(self) -> None:
        """`airflow db migrate`, unless this database is at the version of this Airflow already."""
        if self._is_migrated():
            return
        log = self.home / "logs" / "migrate.log"
        done = self._start("migrate", ("db", "migrate"))
        if done.wait() != 0:
            raise ServiceUnavailable(f"`airflow db migrate` failed: {_last_words(log)}")
        self._mark_migrated()

    def command(self, *arguments: str, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run an `airflow` command in this Airflow's environment, as an operator would in a terminal."""
        return subprocess.run(  # noqa: S603 our own program
            [*_AIRFLOW, *arguments],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def dead_parts(self) -> list[str]:
        """The parts whose process has ended."""
        return [part for part, child in self._children.items() if child.poll() is not None]

    def kill_part(self, part: str) -> None:
        """End one part (a key of PARTS) without a warning (SIGKILL); for tests of what its crash leaves behind."""
        child = self._children.pop(part)
        child.kill()
        child.wait(timeout=10)

    def start_part(self, part: str) -> None:
        """Start one part again; its health shows in `api.unhealthy()`."""
        self._start_part(part, PARTS[part])

    def _start_part(self, part: str, arguments: tuple[str, ...]) -> None:
        self._children[part] = self._start(part, arguments)

    def _start(self, name: str, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        log = self.home / "logs" / f"{name}.log"
        return start_process(
            [*_AIRFLOW, *arguments], house=self.home, environment=self.environment, log=log, folder=self.home
        )

    def _write_local_settings(self) -> None:
        """What every Airflow process runs as it starts; the scheduler loads what its tasks would load one by one."""
        folder = self.home / "config"
        folder.mkdir(exist_ok=True)
        (folder / "airflow_local_settings.py").write_text(_LOCAL_SETTINGS, encoding="utf-8")

    def _wait_until_healthy(self, timeout: float) -> None:
        def decided() -> bool:
            return bool(self.dead_parts()) or not self.api.unhealthy()

        in_time = wait_for(decided, timeout, pause=0.25)
        for part in self.dead_parts():
            raise ServiceUnavailable(f"Airflow's {part} ended: {_last_words(self.home / 'logs' / f'{part}.log')}")
        if not in_time:
            late = ", ".join(self.api.unhealthy())
            raise ServiceUnavailable(f"Airflow is not ready after {timeout:.0f} s, waiting for: {late}.")

    def _is_migrated(self) -> bool:
        import psycopg

        with psycopg.connect(_libpq(self._metadata_url)) as connection:
            row = connection.execute("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')").fetchone()
        return row is not None and row[0] == _MIGRATED

    def _mark_migrated(self) -> None:
        """The mark lies in the database itself: a fresh database in an old home must not pass for a ready one."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(_libpq(self._metadata_url)) as connection:
            connection.execute(sql.SQL("COMMENT ON TABLE alembic_version IS {}").format(sql.Literal(_MIGRATED)))


_LOCAL_SETTINGS = "from samsvar.preload import preload\n\npreload()\n"
_AIRFLOW = (sys.executable, "-m", "airflow")
_MIGRATED = f"migrated by apache-airflow {version('apache-airflow')}"


def _libpq(url: str) -> str:
    """SQLAlchemy's URL without its driver, as libpq wants it."""
    scheme, rest = url.split("://", 1)
    return f"{scheme.split('+')[0]}://{rest}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
    return lines[-1][:500] if lines else "it wrote nothing"
