"""The night end to end: real Airflow, real SFTP, real PostgreSQL, loopback authorities; then the sums."""

from __future__ import annotations

import asyncio
import csv
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from include.config.parties import load_parties, parties_file
from include.drop.drop import Drop
from include.drop.settings import settings_from_connection
from include.embedded.demo_customs import give_roles, more_connections, run_customs
from include.embedded.demo_files import CLOSED_APPROVAL, NIGHT, expected
from include.embedded.demo_leasing import show_leasing
from include.embedded.demo_reconciliation import show_reconciliation
from include.embedded.demo_registration import show_registration
from include.embedded.house import House
from include.errors import SumsDiffer
from include.ledger.counts import Counts, count
from include.ledger.states import COLUMNS
from include.ledger.warehouse import connect
from include.sandbox.avgift import AvgiftPattern

QUIET_SECONDS = 3
_HEAD = ("importer", "received", *COLUMNS)


def run_demo(home: Path, say: Callable[[str], None]) -> None:
    """Plays one night in `home`. Raises SumsDiffer when anything does not add up; everything is stopped at the end."""
    began = time.monotonic()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    parties = write_parties(home, signal_minutes=0)
    with House(home, parties_file=parties, say=say, clock=False, more_connections=more_connections) as house:
        say(f"the house stands after {time.monotonic() - began:.0f} s")
        names = drop_files(house)
        say(f"dropped {names} files of {len(NIGHT)} importers over SFTP; running their nightly DAGs")
        states = run_night(house, say)
        table = reconciliation(house)
        print_table(table, say)
        write_csv(home / "reconciliation.csv", table)
        check(house, states, table)
        show_registration(house, say)
        if problems := run_customs(house, say):
            raise SumsDiffer("; ".join(problems))
        show_leasing(house, say)
        show_reconciliation(house, say)
        say(f"every sum holds, and equals what the authority's own log says ({time.monotonic() - began:.0f} s)")
    say(f"stopped; the reconciliation lies in {home / 'reconciliation.csv'}")


def write_parties(home: Path, *, signal_minutes: int | None = None) -> Path:
    """The shipped parties, but with a quiet period of seconds, started by hand, so that the night fits a demo.

    Two of them take part in customs too; `signal_minutes` as in `give_roles`.
    """
    content = yaml.safe_load(parties_file().read_text(encoding="utf-8"))
    for party in content["parties"]:
        party |= {"quiet_seconds": QUIET_SECONDS, "schedule": None}
    give_roles(content, signal_minutes=signal_minutes)
    path = home / "parties.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def drop_files(house: House) -> int:
    """Importers upload their files; the authority has one gap. Returns how many names lie at the drop now."""
    for importer in ("310000027", "310000035"):
        closed = AvgiftPattern(type_approval=CLOSED_APPROVAL, avgiftskode="101", importer=importer)
        house.sandbox.avgift.close(closed)
    return asyncio.run(_upload(house))


async def _upload(house: House) -> int:
    connection = house.sandbox.connections["ecoc_sftp"]
    login = {key: connection[key] for key in ("host", "port", "login", "password", "extra")}
    names = 0
    async with Drop(settings_from_connection(conn_id="ecoc_sftp", **login)) as drop:
        for party, files in NIGHT.items():
            await drop.make_folders(f"{party}/inbox")
            for dropped in files():
                names += 1
                if dropped.content is not None:
                    await drop.write(f"{party}/inbox/".encode() + dropped.name, dropped.content)
                elif dropped.make is not None:
                    inbox = bytes(house.sandbox.drop_root / party / "inbox")
                    dropped.make(Path((inbox + b"/" + dropped.name).decode("utf-8", "surrogateescape")))
    return names


def run_night(house: House, say: Callable[[str], None]) -> dict[str, str]:
    """Triggers every importer's DAG and waits for all of them, telling how far they are. Returns each run's state."""
    api = house.airflow.api
    runs: dict[str, str] = {}
    dag_ids = {party: f"ecoc_submission__{party}" for party in NIGHT}
    api.wait_for_dags(list(dag_ids.values()))
    for party, dag_id in dag_ids.items():
        api.set_paused(dag_id, paused=False)
        runs[party] = api.trigger(dag_id)
    states = dict.fromkeys(NIGHT, "queued")
    deadline, told = time.monotonic() + 300, ""
    while not all(state in ("success", "failed") for state in states.values()) and time.monotonic() < deadline:
        time.sleep(2)
        states = {party: api.run_state(dag_ids[party], run) for party, run in runs.items()}
        table = reconciliation(house)
        line = " · ".join(_progress(party, state, table[party]) for party, state in states.items())
        if line != told:
            say(told := line)
    return states


def _progress(party: str, state: str, counts: Counts) -> str:
    decided = counts.received - counts.open
    return f"{party} {decided}/{counts.received} ({state})"


def reconciliation(house: House) -> dict[str, Counts]:
    """Where every sighting of every importer stands."""
    with connect(house.dsn) as connection:
        return {party: count(connection, party) for party in load_parties(house.parties_file).good}


def print_table(table: Mapping[str, Counts], say: Callable[[str], None]) -> None:
    """The reconciliation as a person reads it."""
    say("")
    say(f"{_HEAD[0]:<14}" + "".join(f"{name:>11}" for name in _HEAD[1:]))
    for party, counts in table.items():
        say(f"{party:<14}" + "".join(f"{getattr(counts, name):>11}" for name in _HEAD[1:]))
    say("")


def write_csv(path: Path, table: Mapping[str, Counts]) -> None:
    """The same as a file, with the columns that others rely on."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEAD)
        for party, counts in table.items():
            writer.writerow([party, *(getattr(counts, name) for name in _HEAD[1:])])


def check(house: House, states: Mapping[str, str], table: Mapping[str, Counts]) -> None:
    """Compares with what was dropped and with the authority's own log. Raises SumsDiffer with every difference."""
    problems = [f"the run of {party} ended {state}" for party, state in states.items() if state != "success"]
    for party, counts in table.items():
        wanted = expected(party)
        got = {column: getattr(counts, column) for column in COLUMNS}
        if not counts.adds_up:
            problems.append(f"{party}: states do not sum to {counts.received}")
        if counts.received != wanted.total() or got != {column: wanted[column] for column in COLUMNS}:
            problems.append(f"{party}: expected {dict(wanted)}, got {got}")
    problems += _files_unaccounted_for(house)
    created = [line for line in house.sandbox.truth() if line["service"] == "vegvesen" and line["result"] == CREATED]
    accepted = sum(counts.accepted for counts in table.values())
    if len(created) != accepted or any(line["count"] != 1 for line in created):
        problems.append(f"the authority created {len(created)} vehicles, we count {accepted} accepted")
    if problems:
        raise SumsDiffer("; ".join(problems))


def _files_unaccounted_for(house: House) -> list[str]:
    """Every name that was dropped must still lie at the drop: in the inbox, the archive or among the rejected."""
    problems = []
    for party, files in NIGHT.items():
        folders = [house.sandbox.drop_root / party / folder for folder in ("inbox", "archive", "rejected")]
        lying = sum(1 for folder in folders for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
        dropped = sum(1 for _ in files())
        if lying != dropped:
            problems.append(f"{party}: {dropped} names were dropped, {lying} lie at the drop now")
    return problems


CREATED = "KJORETOY_OPPRETTET"
