"""The morning after: vehicles turn registered, the register holds two otherwise, and a party asks about its own."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from include.drop.drop import Drop
from include.drop.settings import settings_from_connection
from include.embedded.house import House
from include.errors import SumsDiffer
from include.ivi.samples import sample_vin
from include.ledger.warehouse import connect

PARTY = "nordbil"
REGISTERED = tuple(sample_vin(number) for number in range(100, 104))
"""Turn registered, and agree."""
OTHERWISE = {sample_vin(104): {"variant": "ZZ99"}, sample_vin(105): {"avgiftskode": "314"}}
"""Planted differences: what the register holds instead of what was declared."""
UNKNOWN_PLATE = "ZZ 99999"
_QUESTION = b"spoersmaal.csv"
_DAGS = ("ecoc_registration", "vehicle_lookup")


def show_registration(house: House, say: Callable[[str], None]) -> None:
    """Registers vehicles at the authority, runs both DAGs, and compares. Raises SumsDiffer naming every difference."""
    began = time.monotonic()
    _at_the_authority(house)
    asyncio.run(_ask(house))
    api = house.airflow.api
    api.wait_for_dags(_DAGS)
    for dag_id in _DAGS:
        api.set_paused(dag_id, paused=False)
    runs = {"ecoc_registration": api.trigger("ecoc_registration", conf={"now": True})}
    runs["vehicle_lookup"] = api.trigger("vehicle_lookup")
    states = {dag_id: api.wait_for_run(dag_id, run, timeout=120) for dag_id, run in runs.items()}
    problems = [f"the run of {dag_id} ended {state}" for dag_id, state in states.items() if state != "success"]
    problems += _registered(house, say) + _differences(house, say) + _receipt(house, say)
    if problems:
        raise SumsDiffer("; ".join(problems))
    say(f"registration and lookup agree with what was planted ({time.monotonic() - began:.0f} s)")


def _at_the_authority(house: House) -> None:
    today = f"{datetime.now(ZoneInfo('Europe/Oslo')):%Y-%m-%d}"
    for vin in REGISTERED:
        house.sandbox.vehicles.register(vin, today)
    for vin, held in OTHERWISE.items():
        house.sandbox.vehicles.hold(vin, held)


async def _ask(house: House) -> None:
    connection = house.sandbox.connections["ecoc_sftp"]
    login = {key: connection[key] for key in ("host", "port", "login", "password", "extra")}
    (plate,) = {one.plate for one in house.sandbox.vehicles.seen(REGISTERED[0], lag=0)}
    rows = ["kjennemerke;understellsnummer", f"{plate};", f";{REGISTERED[1]}", f"{UNKNOWN_PLATE};", ";?"]
    async with Drop(settings_from_connection(conn_id="ecoc_sftp", **login)) as drop:
        await drop.make_folders(f"{PARTY}/lookups")
        await drop.write(f"{PARTY}/lookups/".encode() + _QUESTION, "\n".join(rows).encode())


def _sql(house: House, query: str, *parameters: Any) -> list[dict[str, Any]]:
    with connect(house.dsn) as connection:
        return connection.execute(query.encode(), parameters or None).fetchall()


def _registered(house: House, say: Callable[[str], None]) -> list[str]:
    rows = _sql(house, "SELECT vin, registered_at FROM mart.ecoc_document WHERE state = 'ACCEPTED'")
    found = {row["vin"] for row in rows if row["registered_at"]}
    say(f"registered: {len(found)} of {len(rows)} accepted vehicles; the others are looked up again tomorrow")
    return [] if found == set(REGISTERED) else [f"registered are {sorted(found)}, planted were {sorted(REGISTERED)}"]


def _differences(house: House, say: Callable[[str], None]) -> list[str]:
    rows = _sql(house, "SELECT vin, kind, held, sentence FROM mart.ecoc_gap WHERE cleared_at IS NULL ORDER BY vin")
    for row in rows:
        say(f"difference: {row['sentence']}")
    found = {row["vin"]: {row["kind"]: row["held"]} for row in rows}
    return [] if found == OTHERWISE else [f"differences are {found}, planted were {OTHERWISE}"]


def _receipt(house: House, say: Callable[[str], None]) -> list[str]:
    paths = list((house.sandbox.drop_root / PARTY / "receipts").glob("*.lookup.xlsx"))
    if len(paths) != 1:
        return [f"{len(paths)} receipts of the lookup instead of one"]
    book = openpyxl.load_workbook(io.BytesIO(paths[0].read_bytes()))
    answered, other = (sheet.max_row - 1 for sheet in book.worksheets)
    say(f"lookup: {answered} vehicles answered, {other} rows with a reason, in {paths[0].name}")
    left = list((house.sandbox.drop_root / PARTY / "lookups").iterdir())
    problems = [] if (answered, other) == (2, 2) else [f"the lookup answered {answered} and gave {other} reasons"]
    return problems + ([f"{len(left)} files still lie in lookups/"] if left else [])
