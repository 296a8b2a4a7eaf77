"""The leasing company's day: leaseholders are added, ended and refused, and nothing of a person is left lying about."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections import Counter
from collections.abc import Callable

import openpyxl

from include.drop.drop import Drop
from include.drop.settings import settings_from_connection
from include.embedded.house import House
from include.errors import SumsDiffer
from include.ledger.warehouse import connect
from include.sandbox.leasing import DONE, NOT_IDENTIFIED, PEOPLE

DAG_ID = "leasing_changes"
_FIRKANT, _TREKANT, _SOYLE = (number for number in list(PEOPLE)[:3])
_ROWS = (
    ("OPPRETTE", "CU10001", _FIRKANT, "Firkant", ""),
    ("OPPRETTE", "CU 10010", _TREKANT, "Trekant", ""),
    ("AVSLUTTE", "CU10010", _TREKANT, "Trekant", ""),
    ("OPPRETTE", "CU10010", _SOYLE, "Søyle", ""),
    ("OPPRETTE", "CU10011", "", "", "310000027"),
    ("OPPRETTE", "CU10012", _TREKANT, "Sirkel", ""),
    ("OPPRETTE", "ZZ99999", _FIRKANT, "Firkant", ""),
    ("OPPRETTE", "CU10013", _FIRKANT[:-1] + "5", "Firkant", ""),
    ("OPPRETTE", "CU10001", _FIRKANT, "Firkant", ""),
)
EXPECTED = {
    "nordbil": Counter(ACCEPTED=5, REFUSED=2, INVALID=1, DUPLICATE=1),
    "fjordimport": Counter(ACCEPTED=3, REFUSED=1),
}
"""Rows by state, per party."""


def show_leasing(house: House, say: Callable[[str], None]) -> None:
    """Drops files, runs the DAG, compares with the authority's own log. Raises SumsDiffer naming every difference."""
    began = time.monotonic()
    asyncio.run(_drop(house))
    api = house.airflow.api
    api.wait_for_dags([DAG_ID])
    api.set_paused(DAG_ID, paused=False)
    state = api.wait_for_run(DAG_ID, api.trigger(DAG_ID), timeout=120)
    problems = [] if state == "success" else [f"the run of {DAG_ID} ended {state}"]
    problems += _compared(house, say) + _truth(house) + _receipts(house)
    if problems:
        raise SumsDiffer("; ".join(problems))
    say(f"changes of leaseholders agree with the authority's own log ({time.monotonic() - began:.0f} s)")


async def _drop(house: House) -> None:
    connection = house.sandbox.connections["ecoc_sftp"]
    login = {key: connection[key] for key in ("host", "port", "login", "password", "extra")}
    async with Drop(settings_from_connection(conn_id="ecoc_sftp", **login)) as drop:
        await drop.write(b"nordbil/leasing/uke 47.csv", _csv())
        await drop.write(b"fjordimport/leasing/endringer.xlsx", _workbook())
        await drop.write(b"fjordimport/leasing/slutt.json", _json())


def _csv() -> bytes:
    """As Excel on Windows saves it: semicolons, Windows-1252."""
    lines = [("handling", "kjennemerke", "fødselsnummer", "etternavn", "organisasjonsnummer"), *_ROWS]
    return "\r\n".join(";".join(line) for line in lines).encode("cp1252")


def _workbook() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    if sheet is None:
        raise SumsDiffer("a new workbook has no sheet")
    for row in (
        ("Handling", "Regnr", "Fnr", "Etternavn"),
        ("OPPRETTE", "CU10110", int(_FIRKANT), "Firkant"),
        ("OPPRETTE", "CU10111", _TREKANT, "TREKANT"),
        ("OPPRETTE", "CU10012", _TREKANT, "Trekant"),
    ):
        sheet.append(row)
    book.save(target)
    return target.getvalue()


def _json() -> bytes:
    """The last lease that was created for the plate is ended without naming anybody."""
    return json.dumps([{"handling": "AVSLUTTE", "kjennemerke": "CU10110"}]).encode()


def _compared(house: House, say: Callable[[str], None]) -> list[str]:
    problems = []
    with connect(house.dsn) as connection:
        rows = connection.execute("SELECT importer, state, koder FROM mart.leasing_change").fetchall()
    for party, wanted in EXPECTED.items():
        got = Counter(str(row["state"]) for row in rows if row["importer"] == party)
        said = ", ".join(f"{number} {state.lower()}" for state, number in sorted(got.items()))
        say(f"leaseholders · {party}: {said}")
        if got != wanted:
            problems.append(f"leaseholders of {party}: expected {dict(wanted)}, got {dict(got)}")
    if not any(NOT_IDENTIFIED in row["koder"] for row in rows):
        problems.append(f"no change was refused with {NOT_IDENTIFIED}")
    return problems


def _truth(house: House) -> list[str]:
    lines = [line for line in house.sandbox.truth() if line["result"] in DONE.values()]
    wanted = sum(states["ACCEPTED"] for states in EXPECTED.values())
    if len(lines) != wanted or any(line["count"] != 1 for line in lines):
        return [f"the authority made {len(lines)} changes of leaseholders, we count {wanted}"]
    return []


def _receipts(house: House) -> list[str]:
    """Each file has a receipt, none names a person, and the files lie in the archive."""
    problems = []
    for party, number in (("nordbil", 1), ("fjordimport", 2)):
        root = house.sandbox.drop_root / party
        told = [
            path
            for path in (root / "receipts").glob("*.json")
            if json.loads(path.read_bytes()).get("kind") == "leasing"
        ]
        if len(told) != number or any((root / "leasing").iterdir()):
            problems.append(f"{party}: {len(told)} receipts for {number} leasing files")
        for path in told:
            text = path.with_suffix(".txt").read_text("utf-8") + path.read_text("utf-8")
            if any(number in text or name.split()[-1].casefold() in text.casefold() for number, name in PEOPLE.items()):
                problems.append(f"{party}: the receipt {path.name} names a person")
    return problems
