"""One real house for all journey tests: Airflow, PostgreSQL, SSH and the loopback authorities, started once."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from include.drop.drop import Drop
from include.drop.settings import settings_from_connection
from include.embedded.demo import CREATED, drop_files, run_night, write_parties
from include.embedded.house import House
from include.ledger.counts import Counts, count
from include.ledger.warehouse import connect
from include.sandbox.registry import EXPIRED_KID

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".samsvar" / "journey"

#: A party per way of being wrongly set up, and what its block says beside the usual.
FAULTY = {
    "wrong_client": {"connections": {"vegvesen": "vegvesen_wrong_client"}},
    "expired_key": {"connections": {"vegvesen": "vegvesen_expired_key"}},
    "missing_scope": {"connections": {"vegvesen": "vegvesen_missing_scope"}},
    "no_delegation": {"access": "supplier", "consumer_org": "310000078"},
    "wrong_host_key": {"connections": {"ecoc_sftp": "sftp_wrong_host_key"}},
    "wrong_base_url": {"connections": {"vegvesen": "vegvesen_wrong_base_url"}},
    "no_warehouse": {"connections": {"warehouse": "warehouse_unreachable"}},
}


def _parties(home: Path) -> Path:
    path = write_parties(home)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    usual = {"organisation_number": "310000019", "schedule": None, "upload": "rename", "avgift": {"default": "101"}}
    content["parties"].append({"id": "lots", "name": "Many lots", **usual, "lot_size": 4})
    landing = {"id": "landing", "name": "Nordfly AS", "organisation_number": "310000019", "roles": ["customs"]}
    content["parties"].append({**landing, "schedule": None, "upload": "rename"})
    content["parties"].append({"id": "broken_block", "name": "Broken", "organisation_number": "123"})
    for party, block in FAULTY.items():
        content["parties"].append({"id": party, "name": party, **usual, **block})
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def _faulty_connections(known: dict[str, dict]) -> dict[str, dict]:
    def like(name: str, **extra: object) -> dict:
        connection = copy.deepcopy(known[name])
        connection["extra"] |= extra
        return connection

    wrong_client = like("maskinporten") | {"login": "5e1f0c1e-54a8-4f6e-9a53-000000000000"}
    wrong_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6Pj3lyqnRj4O8yZ1kz0nQH4v1r7qYq3B0qVQvZq0aX"
    return {
        "maskinporten_wrong_client": wrong_client,
        "maskinporten_expired_key": like("maskinporten", kid=EXPIRED_KID),
        "vegvesen_wrong_client": like("vegvesen", maskinporten_conn_id="maskinporten_wrong_client"),
        "vegvesen_expired_key": like("vegvesen", maskinporten_conn_id="maskinporten_expired_key"),
        "vegvesen_missing_scope": like("vegvesen", scope="svv:kjoretoy/annet"),
        "vegvesen_wrong_base_url": {**known["vegvesen"], "host": known["vegvesen"]["host"] + "/feil/sti"},
        "sftp_wrong_host_key": like("ecoc_sftp", host_key=wrong_key),
        "warehouse_unreachable": {**known["warehouse"], "host": "127.0.0.1", "port": 1},
    }


#: All tests share one house. Those that look at the night come before anything else is done to it; those that click
#: everything three times leave half-done work behind, so they come last.
_PLACES = {"test_night": 0, "test_again": 2}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests of this folder into that order; all others stay where they are."""
    here = [at for at, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    ordered = sorted((items[at] for at in here), key=lambda item: _PLACES.get(item.path.stem, 1))
    for at, item in zip(here, ordered, strict=True):
        items[at] = item


class Journey:
    """What a test does to the house and asks of it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.api = house.airflow.api

    def dag(self, party: str) -> str:
        return f"ecoc_submission__{party}"

    def run(self, party: str, conf: dict | None = None, timeout: float = 240) -> tuple[str, str]:
        """Triggers the party's DAG and waits; the run's id and state."""
        self.api.set_paused(self.dag(party), paused=False)
        run_id = self.api.trigger(self.dag(party), conf=conf)
        return run_id, self.api.wait_for_run(self.dag(party), run_id, timeout=timeout)

    def clear(self, party: str, run_id: str, tasks: list, *, downstream: bool = False) -> str:
        """Clears tasks and waits until the run has ended again."""
        self.api.clear(self.dag(party), run_id, tasks, downstream=downstream)
        return self.api.wait_for_run(self.dag(party), run_id, timeout=240)

    def upload(self, party: str, files: dict[bytes, bytes], folder: str = "inbox") -> None:
        """Puts files into a folder of the party over SFTP."""

        async def put() -> None:
            connection = self.house.sandbox.connections["ecoc_sftp"]
            login = {key: connection[key] for key in ("host", "port", "login", "password", "extra")}
            async with Drop(settings_from_connection(conn_id="ecoc_sftp", **login)) as drop:
                await drop.make_folders(f"{party}/{folder}")
                for name, content in files.items():
                    await drop.write(f"{party}/{folder}/".encode() + name, content)

        asyncio.run(put())

    def counts(self, party: str) -> Counts:
        with connect(self.house.dsn) as connection:
            return count(connection, party)

    def rows(self, query: str, *parameters: object) -> list[dict]:
        with connect(self.house.dsn) as connection:
            return connection.execute(query, parameters).fetchall()

    def created(self, sender: str | None = None) -> list[str]:
        """Hashes of the documents the authority created, in order, once per creation: the truth."""
        lines = [line for line in self.house.sandbox.truth() if line["result"] == CREATED]
        return [line["sha256"] for line in lines if sender in (None, line["sender"])]

    def task_log(self, party: str, run_id: str, task_id: str, map_index: int = -1) -> str:
        return self.api.log(self.dag(party), run_id, task_id, map_index=map_index)

    def wait_for_log(self, party: str, run_id: str, task_id: str, sentence: str, timeout: float = 60) -> str:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                text = self.task_log(party, run_id, task_id)
            except Exception:
                text = ""
            if sentence in text:
                return text
            time.sleep(1)
        return text


@pytest.fixture(scope="session")
def journey() -> Iterator[Journey]:
    """The house with the demo's night behind it."""
    import shutil

    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    with House(HOME, parties_file=_parties(HOME), more_connections=_faulty_connections, clock=False) as house:
        drop_files(house)
        states = run_night(house, lambda line: None)
        assert set(states.values()) == {"success"}, states
        yield Journey(house)
