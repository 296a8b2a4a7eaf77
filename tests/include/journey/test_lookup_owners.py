"""Owners that are searched for by name: answered in the receipt, and kept and handed out nowhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.errors import PersonMustAct
from include.ivi.samples import sample_vin
from include.journey.registration import watch
from include.ledger import registration
from include.ledger.warehouse import connect
from include.sandbox.register_view import owner_id
from tests.drivers.desk import Desk
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

CANARY = "Kanarifugl"


async def test_an_owner_is_searched_for_and_neither_name_nor_owner_is_kept(
    desk: Desk, night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    desk.put("eiere.csv", f"eier\nKari {CANARY}\nIngen Slik\n")
    result = await desk.whole(desk.fiks())
    assert result.states == {"FOUND": 1, "ABSENT": 1}
    vehicles, other = desk.receipt()
    assert sorted(row["VIN"] for row in vehicles) == sorted(sample_vin(number) for number in range(1, 5))
    assert [row["Outcome"] for row in other] == ["not found"]
    names = [
        row["n"]
        for row in night.sql("SELECT table_name AS n FROM information_schema.tables WHERE table_schema = 'ledger'")
    ]
    everything = str(
        [night.sql(f"SELECT * FROM ledger.{name}") for name in names if "lookup" in name or "vehicle" in name]
    )
    for word in (CANARY, "Kari", "Ingen Slik"):
        assert word not in everything + str(vehicles) + str(other) + caplog.text


async def test_nothing_of_an_owner_and_no_secret_is_kept_or_handed_out(
    minted: list[str],
    desk: Desk,
    night: Night,
    canaries: Any,
    hand_out: Callable[[str], Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.put("eiere.csv", f"eier\nKari {CANARY}\n")
    desk.put("q.txt", f"{sample_vin(2)}\n{sample_vin(3)}")
    assert (await desk.whole(desk.fiks())).states == {"FOUND": 3}
    night.put("5.xml", number=5)
    night.fault("lost_answer")
    await night.whole("run-2")
    night.settle()
    await night.resolve()
    await asyncio.to_thread(_watched, night)
    with pytest.raises(PersonMustAct) as denied:
        await asyncio.to_thread(desk.fiks(password="feil-passord-her").lookup_vins, [sample_vin(1)])

    owners = [owner_id(vehicle) for vehicle in night.sandbox.vehicles.seen(None, lag=0)]
    canaries.plant([CANARY, f"Kari {CANARY}", "feil-passord-her", *owners, *minted])
    canaries.plant_secrets(night.sandbox.connections)
    folder = hand_out(night.dsn)
    assert len(owners) == 5 and len(minted) > 2 and night.one("SELECT count(*) FROM mart.vehicle") >= 4

    assert canaries.in_files(folder) == [] and canaries.in_database(night.dsn) == []
    assert canaries.in_files(night.folder, but=lambda path: path.name.endswith("eiere.csv")) == []
    error = denied.value
    texts = f"{caplog.text} {error} {error!r} {error.__cause__!r} {error.__context__!r}"
    assert canaries.hits(texts.encode()) == set()
    assert len(canaries.in_files(night.folder)) == 1, "the scan sees the name in the importer's own file"


def _watched(night: Night) -> None:
    with connect(night.dsn) as connection:
        registration.enrol(connection, night.party.id)
        registration.everything_is_due(connection, [night.party.id])
        watch(connection, night.party, night.register)
