"""Numbers, surnames, tokens, keys and passwords of a leasing company's whole life are found in nothing that is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from include.errors import PersonMustAct
from include.exports.tables import TABLES
from include.sandbox.register_view import OWNER_CANARY

pytestmark = pytest.mark.postgres


async def _life(leasing: Any) -> list[str]:
    """Taken, refused, bad, lost, settled, disputed and erased; returns the texts of the errors on the way."""
    errors = []
    leasing.put(
        "uke 47.csv",
        ("OPPRETTE", "CU10001", *leasing.FIRKANT),
        ("OPPRETTE", "CU10012", leasing.FIRKANT[0], "Sirkel"),
        ("OPPRETTE", "CU10013", "63888700415", "Firkant"),
        ("OPPRETTE", leasing.FIRKANT[0], *leasing.FIRKANT),
        ("Firkant", "CU10014", *leasing.FIRKANT),
        (leasing.FIRKANT[0], "CU10014", "Firkant", leasing.FIRKANT[0]),
    )
    leasing.put("uten.csv", content=f"regnr;{leasing.FIRKANT[0]};Firkant\nCU10001;x;y\n".encode())
    await leasing.whole()
    for kind, plate in (("lost_answer", "CU10011"), ("lost_request", "CU10015"), ("error", "CU10016")):
        leasing.put(f"{kind}.csv", ("OPPRETTE", plate, *leasing.TREKANT))
        await leasing.collect()
        leasing.fault(kind)
        await leasing.send()
        await leasing.file()
        leasing.heal()
        await leasing.settle()
    try:
        leasing.vault = type(leasing.vault)(keys=["k" * 43 + "="], lookup_key="x", conn_id="leasing_keys")
        leasing.put("feil.csv", ("AVSLUTTE", "CU10001", *leasing.FIRKANT))
        await leasing.whole()
    except PersonMustAct as error:
        errors.append(f"{error} {error!r} {error.__cause__!r} {error.__context__!r}")
    finally:
        leasing.vault = leasing.keys.vault()
    await leasing.whole()
    return errors


async def test_nothing_of_a_person_and_no_secret_is_kept_or_handed_out(
    leasing: Any, canaries: Any, hand_out: Callable[[str], Path], minted: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    errors = await _life(leasing)
    assert {"ACCEPTED", "REFUSED", "INVALID"} <= set(leasing.ends()) and len(minted) > 2 and errors

    canaries.plant([*leasing.FIRKANT, *leasing.TREKANT, "63888700415", "Sirkel", OWNER_CANARY, *minted])
    canaries.plant(part for token in minted for part in token.split(".") if len(part) > 60)
    canaries.plant_secrets(leasing.sandbox.connections)
    folder = hand_out(leasing.dsn)

    assert {path.stem for path in (folder / "nordbil").rglob("*.parquet")} == {table.name for table in TABLES}
    assert canaries.in_files(folder) == []
    assert canaries.in_files(leasing.folder, but=_importers_own) == []
    assert canaries.in_database(leasing.dsn) == []
    assert canaries.hits((caplog.text + "\n".join(errors)).encode()) == set()
    assert len(canaries.in_files(leasing.folder)) > 3, "the scan sees the importer's own files"
    await leasing.forget()
    left = canaries.in_files(leasing.folder)
    assert len(left) == 1 and "lost_request.csv" in left[0], "what is not decided is kept, all else is erased"


def _importers_own(path: Path) -> bool:
    """The importer's own file at its own drop, until it is erased."""
    return bool({"archive", "rejected"} & set(path.parts))


def test_the_scan_finds_each_form_of_what_is_planted_wherever_it_is(
    canaries: Any, tmp_path: Path, hand_out: Callable[[str], Path], two_parties: str
) -> None:
    canaries.plant(["fjordimport"])
    folder = hand_out(two_parties)
    found = canaries.in_files(folder / "fjordimport")
    seen = {Path(line.split(": ")[0]).name for line in found}
    assert seen == {path.name for path in (folder / "fjordimport").rglob("*") if path.is_file()}
    with psycopg.connect(two_parties) as connection:
        names = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'mart'::regnamespace").fetchall()
    tables = {line.split(":")[0] for line in canaries.in_database(two_parties)}
    assert {f"mart.{name}" for (name,) in names} <= tables
