"""Our contestant: the real house with its Airflow, ledger, intents, evidence, read-back and receipts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from include.embedded.house import House
from include.ledger.counts import count
from include.ledger.warehouse import connect
from tests.bench.servers import Servers, look_at_drop
from tests.bench.tasks import TaskMemory, cpu_below

PARALLELISM = 6
LOT_SIZE = 2_000
_RUN_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class Night:
    """One run of one party's DAG. `seconds` counts from the first SFTP byte to the last rename; `cpu` is that of all
    processes, the servers' and Airflow's included, in ms per document."""

    documents: int
    seconds: float
    to_last_receipt: float
    run_seconds: float
    peak_megabytes: float
    cpu: float
    problems: tuple[str, ...]


class OurHouse:
    """`with OurHouse(home, parties) as house:` stands ready; `night` plays one party's night in it.

    `parties` maps a party's id to how many documents it drops. Each has its own, so nothing is a duplicate. Before
    those of a party in `asking` are sent the register is asked about their vehicles; the ideal script asks none.
    """

    def __init__(
        self, home: Path, parties: dict[str, int], say: Callable[[str], None], asking: frozenset[str] = frozenset()
    ) -> None:
        self._home, self._parties, self._say, self._asking = home.absolute(), parties, say, asking
        shutil.rmtree(self._home, ignore_errors=True)
        self._home.mkdir(parents=True)
        self.servers = Servers(self._home / "servers")
        self._house: House | None = None

    def __enter__(self) -> OurHouse:
        self.servers.__enter__()
        try:
            house = House(
                self._home / "house",
                parties_file=self._write_parties(),
                parallelism=PARALLELISM,
                clock=False,  # other workflows have no part in this night
                more_connections=lambda _: self.servers.connections,
            )
            self._house = house.__enter__()
            house.airflow.api.wait_for_dags([f"ecoc_submission__{party}" for party in self._parties])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._house is not None:
            self._house.__exit__(None, None, None)
            self._house = None
        self.servers.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    @property
    def house(self) -> House:
        """The house itself, while it stands."""
        if self._house is None:
            raise RuntimeError("the house does not stand")
        return self._house

    def night(self, party: str) -> Night:
        """Drops the party's documents, runs its DAG through the scheduler and looks at what came of it."""
        documents, first = self._parties[party], 0
        for name, number in self._parties.items():
            if name == party:
                break
            first += number
        before = len(self.servers.created())
        self.servers.fill(party, documents, first=first)
        api, dag_id = self.house.airflow.api, f"ecoc_submission__{party}"
        api.set_paused(dag_id, paused=False)
        self._say(f"ours: {documents} documents of party {party}, lots of {LOT_SIZE}")
        roots = (os.getpid(), self.house.postgres.pid or 0)
        cpu_before = cpu_below(roots)
        with TaskMemory(self._scheduler()) as memory:
            run_id = api.trigger(dag_id)
            state = api.wait_for_run(dag_id, run_id, timeout=_RUN_SECONDS, pause=2)  # looking costs the API server
        cpu = cpu_below(roots) - cpu_before
        filed = look_at_drop(self.servers, party)
        began = self._first_byte(party)
        created = self.servers.created()[before:]
        asked = self._asked(party)
        problems = [] if asked == documents * (party in self._asking) else [f"the register was asked about {asked}"]
        problems += [f"the run ended {state}"] if state != "success" else []
        problems += _differences(documents, created, filed.left, filed.archived, filed.receipts, self._accepted(party))
        return Night(
            documents,
            (filed.last_rename - began).total_seconds(),
            ((filed.last_receipt or filed.last_rename) - began).total_seconds(),
            self._run_seconds(dag_id, run_id),
            memory.peak,
            cpu / documents * 1000,
            tuple(problems),
        )

    def _scheduler(self) -> int:
        return self.house.airflow._children["scheduler"].pid

    def _first_byte(self, party: str) -> datetime:
        """When the party was named in the ledger: the step right before the drop is opened."""
        with connect(self.house.dsn) as connection:
            row = connection.execute("SELECT updated_at FROM ledger.party WHERE id = %s", (party,)).fetchone()
        if row is None:
            raise RuntimeError(f"the ledger does not know party {party}: collect never ran")
        moment: datetime = row["updated_at"]
        return moment

    def _accepted(self, party: str) -> int:
        with connect(self.house.dsn) as connection:
            return count(connection, party).accepted

    def _asked(self, party: str) -> int:
        with connect(self.house.dsn) as connection:
            row = connection.execute(
                "SELECT count(*) AS n FROM ledger.submission WHERE party = %s AND baseline ->> 'said' = 'absent'",
                (party,),
            ).fetchone()
        return int(row["n"]) if row else 0

    def _run_seconds(self, dag_id: str, run_id: str) -> float:
        run = next(run for run in self.house.airflow.api.runs(dag_id) if run["dag_run_id"] == run_id)
        return (datetime.fromisoformat(run["end_date"]) - datetime.fromisoformat(run["start_date"])).total_seconds()

    def _write_parties(self) -> Path:
        block: dict[str, Any] = {
            "organisation_number": "310000019",
            "upload": "rename",
            "schedule": None,
            "deadline": None,
            "lot_size": LOT_SIZE,
            "avgift": {"default": "101"},
        }
        parties = [
            {"id": party, "name": f"Bench {party}", **block, "baseline": party in self._asking}
            for party in self._parties
        ]
        path = self._home / "parties.yaml"
        path.write_text(yaml.safe_dump({"parties": parties}), encoding="utf-8")
        return path


def _differences(
    documents: int, created: list[dict[str, Any]], left: int, archived: int, receipts: int, accepted: int
) -> list[str]:
    """What does not fit the authority's own log and the drop: every document once, nothing left, two receipts each."""
    found = {
        "created at the authority": (len(created), documents),
        "created once": (sum(line["count"] == 1 for line in created), documents),
        "accepted in the ledger": (accepted, documents),
        "left in the inbox": (left, 0),
        "in the archive": (archived, documents),
        "receipts": (receipts, 2 * documents),
    }
    return [f"{name}: {got}, expected {wanted}" for name, (got, wanted) in found.items() if got != wanted]
