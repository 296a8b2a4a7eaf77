"""The whole house on one machine: PostgreSQL, the sandbox's authorities and drop, and a real Airflow."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from include.config.parties import load_parties
from include.embedded.airflow import EmbeddedAirflow
from include.embedded.keeper import Keeper
from include.embedded.postgres import EmbeddedPostgres
from include.ledger import pools
from include.ledger.migrate import migrate
from include.ledger.warehouse import connect
from include.sandbox.connections import Connections
from include.sandbox.thread import SandboxThread

#: The pools that samsvar/house.py names; a test keeps the two lists the same.
POOLS = ("vegvesen", "ecoc_drop", "ecoc_checks", "toll")
POOL_SLOTS = 8
#: The settings of the clocks in plugins/samsvar; a test keeps the two lists the same.
SCHEDULES = tuple(
    f"SAMSVAR_{what}_SCHEDULE"
    for what in (
        "RESOLUTION",
        "DELETION",
        "REGISTRATION",
        "LOOKUP",
        "LEASING",
        "PRESENTATION",
        "CUSTOMS_POLL",
        "CUSTOMS_REREAD",
        "RECONCILIATION",
        "HOUSEKEEPING",
    )
)


class House:
    """`with House(home) as house:` is a running Samsvar with nothing but loopback around it.

    Everything lies below `home`. `say` gets one line per step. `port` is the UI's; None takes a free one.
    `more_connections` is given the house's own connections and returns further (or changed) ones. Without `clock` the
    DAGs that belong to no single party only run when somebody triggers them.
    """

    def __init__(
        self,
        home: Path,
        *,
        parties_file: Path | None = None,
        port: int | None = None,
        seed: int = 0,
        parallelism: int = 6,
        say: Callable[[str], None] | None = None,
        sandbox_options: dict[str, Any] | None = None,
        more_connections: Callable[[Connections], Connections] | None = None,
        clock: bool = True,
    ) -> None:
        self.home = home.absolute()
        self.parties_file = parties_file
        self._port = port
        self._parallelism = parallelism
        self._say = say or _silent
        self._more_connections = more_connections or _none
        self._clocks = {} if clock else dict.fromkeys(SCHEDULES, "")
        self._stack = ExitStack()
        self.postgres = EmbeddedPostgres(self.home / "postgres")
        self.sandbox = SandboxThread(self.home / "sandbox", seed=seed, **(sandbox_options or {}))
        self.airflow: EmbeddedAirflow

    @property
    def dsn(self) -> str:
        """The warehouse, as libpq wants it."""
        return self.postgres.dsn("warehouse")

    def party_ids(self) -> list[str]:
        """The parties whose blocks are good."""
        return list(load_parties(self.parties_file).good)

    @property
    def store(self) -> Path:
        """Where original bytes are kept."""
        return self.home / "store"

    def __enter__(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        # asyncssh tells every connection; the sandbox's side of them is of no interest here.
        logging.getLogger("asyncssh").setLevel(logging.WARNING)
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()

    def _start(self) -> None:
        airflow_home = self.home / "airflow"
        keeper = Keeper(houses=[airflow_home], servers=[self.postgres.home], log=self.home / "keeper.log")
        self._stack.enter_context(keeper)
        self._say("starting PostgreSQL")
        self._stack.enter_context(self.postgres)
        for name in ("airflow", "warehouse"):
            self.postgres.create_database(name)
        migrate(self.dsn)
        self._say("starting the sandbox: Maskinporten, Statens vegvesen and the SFTP drop on loopback")
        self._stack.enter_context(self.sandbox)
        self._say("starting Airflow: API server, scheduler, DAG processor, triggerer")
        self.airflow = EmbeddedAirflow(
            airflow_home,
            metadata_url=self.postgres.sqlalchemy_url("airflow"),
            connections=self._connections(),
            parties_file=self.parties_file,
            extra_env={"SAMSVAR_STORE": str(self.store), **self._clocks},
            port=self._port,
            parallelism=self._parallelism,
        )
        self._stack.enter_context(self.airflow)
        self._make_pools()

    def _connections(self) -> Connections:
        connections = {**self.sandbox.connections, "warehouse": self.postgres.connection("warehouse")}
        return {**connections, **self._more_connections(connections)}

    def _make_pools(self) -> None:
        for name in POOLS:
            self.airflow.api.set_pool(name, POOL_SLOTS)
        with connect(self.dsn) as connection:
            pools.record(connection, POOLS)
            connection.commit()


def _silent(line: str) -> None:
    del line


def _none(known: Connections) -> Connections:
    del known
    return {}
