"""Where the crashes happen: PostgreSQL, the sandbox and a nursery of sender processes for all cases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg.sql import SQL, Identifier, Literal

from include.embedded.postgres import EmbeddedPostgres
from include.ledger import migrate
from include.ledger.warehouse import Connection, connect
from include.sandbox import SandboxThread
from include.sandbox.avgift import AvgiftPattern
from tests.crash.nursery import Nursery
from tests.crash.scene import CLOSED, Scene


def _log_in_quickly(connection: Connection) -> None:
    """Keeps the password with one round of its hash: thousands of logins a run would spend most of their time on it."""
    known = connection.info
    connection.execute("SET scram_iterations = 1")
    connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(known.user), Literal(known.password)))


class CrashHouse:
    """`with CrashHouse(home) as house:` serves all cases, one after the other."""

    def __init__(self, home: Path, *, seed: int = 0) -> None:
        self.home = home.absolute()
        self._numbers = count(1)
        self._stack = ExitStack()
        self._seed = seed

    def __enter__(self) -> Self:
        for part in ("cases", "sandbox"):
            shutil.rmtree(self.home / part, ignore_errors=True)
        (self.home / "cases").mkdir(parents=True)
        try:
            self.postgres = self._stack.enter_context(EmbeddedPostgres(self.home / "postgres"))
            self._migrate()
            self.sandbox = self._stack.enter_context(SandboxThread(self.home / "sandbox", seed=self._seed))
            self.sandbox.avgift.close(AvgiftPattern(variant=CLOSED))
            self.nursery = self._stack.enter_context(Nursery())
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()

    def _migrate(self) -> None:
        with connect(self.postgres.dsn()) as connection:
            connection.autocommit = True
            # Commits still reach the kernel before they are told: what a SIGKILL leaves is all that counts here.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            _log_in_quickly(connection)
            old = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^crash_'").fetchall()
        for row in old:
            self.postgres.drop_database(row["datname"])
        self.postgres.create_database("crash_template")
        months, migrate.MONTHS_AHEAD = migrate.MONTHS_AHEAD, 2
        try:
            migrate.migrate(self.postgres.dsn("crash_template"))
        finally:
            migrate.MONTHS_AHEAD = months

    def restart_postgres(self) -> None:
        """After its postmaster was killed: what is left of it is cleared away, then it recovers from its log."""
        self.postgres.stop()
        self.postgres.start()

    @contextmanager
    def scene(self) -> Iterator[Scene]:
        """A fresh warehouse and an empty inbox; everything of it is removed at the end."""
        scene = Scene(self, next(self._numbers))
        with connect(self.postgres.dsn()) as connection:
            connection.autocommit = True
            connection.execute(f"CREATE DATABASE {scene.database} TEMPLATE crash_template".encode())
        try:
            yield scene
        finally:
            scene.end()
            self.postgres.drop_database(scene.database)
            shutil.rmtree(scene.folder)
            shutil.rmtree(scene.drop)
            self.sandbox.knobs.faults.clear()
            self.sandbox.knobs.latency.clear()
            self.sandbox.knobs.turn({"token_documents": None, "lookup_lag_seconds": 0.0})
