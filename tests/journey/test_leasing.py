"""Changes of leaseholders on the real house, and that nothing of a person is left anywhere: the canary test."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from include.embedded.demo_leasing import DAG_ID, show_leasing
from include.sandbox.leasing import PEOPLE

pytestmark = pytest.mark.house

#: Numbers as they were planted, and surnames that occur nowhere else.
NUMBERS = tuple(PEOPLE)[:3]
NAMES = ("Firkant", "Trekant", "Søyle", "Sirkel")


def forms(text: str) -> set[bytes]:
    """A planted text in every form it could lie somewhere in: raw, escaped, base64 at each offset, line by line."""
    found: set[str] = {text, text.upper(), json.dumps(text)[1:-1], text.encode("unicode_escape").decode()}
    if text.isdigit():
        found |= {f"{text[:6]} {text[6:]}", "\n".join(text), text[::-1], str(int(text))}
    wanted = {one.encode() for one in found} | {text.encode("utf-16-le"), text.encode("cp1252", "replace")}
    for raw in (text.encode(), text.upper().encode()):
        for pad in range(3):
            packed = base64.b64encode(b"x" * pad + raw)
            start = {0: 0, 1: 2, 2: 3}[pad]
            middle = packed.rstrip(b"=")[start:-1]
            if len(middle) >= 6:
                wanted.add(middle)
    return {one for one in wanted if len(one) >= 6}


CANARIES = {form: text for text in (*NUMBERS, *NAMES) for form in forms(text)}


def hits(content: bytes) -> set[str]:
    return {CANARIES[form] for form in CANARIES if form in content}


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield path, content
            if content[:2] == b"\x1f\x8b":
                yield path, gzip.decompress(content)
            if content[:2] == b"PK":
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield path, archive.read(name)


def rows_of(dsn: str) -> Iterator[tuple[str, bytes]]:
    """Every row of every table and view of a database, as text and with binary columns as they are."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        names = connection.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (name,) in names:
            for row in connection.execute(f"SELECT * FROM {name}").fetchall():
                binary = b" ".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
                yield name, repr(row).encode() + b" " + binary + b" " + str(row).encode("utf-8", "replace")


def test_the_scan_finds_what_is_planted() -> None:
    for text in (*NUMBERS, *NAMES):
        assert hits(f"x{text}y".encode()) == {text}
        assert hits(base64.b64encode(f'{{"a": "{text}"}}'.encode())) == {text}
    assert hits(rb"S\u00f8yle") == {"Søyle"}
    assert hits("\n".join(NUMBERS[0]).encode()) == {NUMBERS[0]}


def test_leaseholders_are_added_ended_and_refused_and_nothing_of_them_is_left(journey) -> None:
    said: list[str] = []
    show_leasing(journey.house, said.append)
    assert any("fjordimport: 3 accepted" in line for line in said)
    _nothing_left(journey)


def test_the_form_takes_an_organisation_and_no_run_begins_with_what_could_be_a_number(journey) -> None:
    conf = {"party": "nordbil", "kjennemerke": "CU10030", "organisasjonsnummer": "310000035"}
    run = journey.api.trigger(DAG_ID, conf=conf)
    assert journey.api.wait_for_run(DAG_ID, run, timeout=120) == "success"
    with psycopg.connect(journey.house.dsn) as connection:
        states = connection.execute("SELECT state FROM mart.leasing_change WHERE kjennemerke = 'CU10030'").fetchall()
    assert states == [("ACCEPTED",)]
    _nothing_left(journey)
    for field in ("organisasjonsnummer", "words", "party", "kjennemerke"):
        with pytest.raises(Exception, match=r"400|422|nvalid"):
            journey.api.trigger(DAG_ID, conf={field: NUMBERS[0]})
    # Airflow's audit log keeps the body of a refused request as well, which is why the form has no field for a number.
    with psycopg.connect(journey.house.postgres.dsn("airflow")) as connection:
        runs = connection.execute("SELECT conf::text FROM dag_run").fetchall()
    assert not any(hits(str(conf).encode()) for (conf,) in runs)


def _nothing_left(journey) -> None:
    """Logs, Airflow's database (XCom, rendered fields, runs, events), the warehouse with its marts, receipts, files."""
    house = journey.house
    found = [
        f"{path}: {hits(content)}"
        for path, content in files_below(house.home)
        if hits(content) and not _may_hold(path, house.home)
    ]
    for database in ("airflow", "warehouse"):
        found += [f"{database} {name}: {hits(row)}" for name, row in rows_of(house.postgres.dsn(database)) if hits(row)]
    assert found == []


def _may_hold(path: Path, home: Path) -> bool:
    """The importer's own file in its own archive, until it is erased."""
    below = path.relative_to(home).as_posix()
    return bool(re.match(r"sandbox/drop/\w+/archive/", below))
