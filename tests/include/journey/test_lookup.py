"""Questions to the register end to end: drop, ledger, sandbox's register, receipt; killed, used up, overwritten."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import requests

from include.errors import ConfigurationError, PersonMustAct
from include.fiks import settings as fiks_settings
from include.fiks.client import FiksRegister
from include.ivi.samples import sample_vin
from include.journey import lookup_ask
from include.journey.lookup_ask import THE_ONE
from include.journey.lookup_receipt import workbook
from include.journey.lookup_take import take_form
from include.journey.registration import watch
from include.ledger import registration
from include.ledger.lookups import Item
from include.ledger.warehouse import connect
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.register.asking import Patience
from include.register.session_transport import SessionTransport, TokenAuth
from include.sandbox.register_view import owner_id
from tests.drivers.desk import Desk
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

CANARY = "Kanarifugl"
SERVICE = "vegvesen_register"


@pytest.fixture
async def desk(night: Night) -> Desk:
    """A party in English whose vehicles 1 to 4 are at the authority; the first is registered."""
    night.configure(language="en", registration={"lag_minutes": 0})
    night.put_many(range(1, 5))
    await night.whole()
    night.sandbox.vehicles.register(sample_vin(1), "2026-11-21")
    return Desk(night)


async def test_a_file_is_answered_in_a_workbook_and_filed(desk: Desk, night: Night) -> None:
    (plate,) = [one.plate for one in night.sandbox.vehicles.seen(sample_vin(1), lag=0)]
    desk.put("Spørsmål (1).csv", f"kjennemerke;vin\n{plate.lower()};\n;{sample_vin(2)}\nXX 99999;\n;=cmd|x\n")

    result = await desk.whole()

    assert result.states == {"FOUND": 2, "ABSENT": 1}
    vehicles, other = desk.receipt()
    assert [(row["Row"], row["VIN"], row["Status"]) for row in vehicles] == [
        ("line 2", sample_vin(1), "REGISTRERT"),
        ("line 3", sample_vin(2), "UREGISTRERT"),
    ]
    first = vehicles[0]["First registered in Norway"]
    assert isinstance(first, datetime) and first.date() == date(2026, 11, 21), "a typed cell"
    assert [(row["Row"], row["Outcome"]) for row in other] == [("line 4", "not found"), ("line 5", "not asked")]
    assert all(row["Why"].endswith(".") for row in other)
    assert night.names("lookups") == [] and len(night.names("archive")) == 5
    held = night.sql("SELECT vin, plate, source FROM mart.vehicle ORDER BY vin")
    assert [row["vin"] for row in held] == sorted([sample_vin(1), sample_vin(2)]) and held[0]["source"] == SERVICE
    assert CANARY not in str(night.sql("SELECT * FROM ledger.lookup_item")) + str(vehicles)


async def test_the_same_step_twice_asks_and_writes_nothing_twice(desk: Desk, night: Night) -> None:
    desk.put("q.txt", sample_vin(1))
    await desk.whole()
    requests_before = night.sandbox.services[SERVICE].requests
    assert (await desk.whole()).states == {}
    assert night.sandbox.services[SERVICE].requests == requests_before
    assert night.one("SELECT count(*) FROM ledger.lookup") == 1
    desk.put("q.txt", sample_vin(1))
    assert (await desk.whole()).states == {"FOUND": 1}, "dropped again it is asked again"


async def test_a_kill_keeps_the_answers_and_clearing_asks_the_rest(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup_ask, "GROUP", 2)
    desk.put("q.txt", "\n".join(sample_vin(number) for number in range(1, 5)))
    await desk.take()
    group = lookup_ask._group
    calls: list[list[str | None]] = []

    def dies(items: Any, *rest: Any) -> Any:
        calls.append([one.asked for one in items])
        if len(calls) == 2:
            raise SystemExit
        return group(items, *rest)

    monkeypatch.setattr(lookup_ask, "_group", dies)
    with pytest.raises(SystemExit):
        await desk.ask()
    assert night.one("SELECT count(*) FROM ledger.lookup_item WHERE state = 'FOUND'") == 2

    assert (await desk.ask()).states == {"FOUND": 2}
    assert calls[2] == [sample_vin(3), sample_vin(4)]
    await desk.answer()
    assert len(desk.receipt()[0]) == 4


async def test_a_used_up_quota_gives_a_receipt_with_the_rest_open_and_later_the_whole_one(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup_ask, "GROUP", 2)
    desk.put("q.txt", "\n".join(sample_vin(number) for number in range(1, 5)))
    night.sandbox.knobs.turn({"register_quota": 2})

    assert "quota" in (await desk.whole()).note

    vehicles, other = desk.receipt()
    assert len(vehicles) == 2 and [row["Outcome"] for row in other] == ["not asked yet"] * 2
    assert "quota" in other[0]["Why"] and night.names("lookups") == ["q.txt"]
    night.sandbox.knobs.turn({"register_quota": None})
    assert (await desk.whole()).states == {}, "not before its time"
    night.sql("UPDATE ledger.lookup SET ask_again_at = now()")
    await desk.whole()
    assert len(desk.receipt()[0]) == 4 and desk.receipt()[1] == [] and night.names("lookups") == []


def _fiks(night: Night, **changed: str) -> FiksRegister:
    found = night.sandbox.connections["fiks"] | changed
    settings = fiks_settings.settings_from_connection(
        conn_id="fiks", host=found["host"], login=found["login"], password=found["password"], extra=found["extra"]
    )
    auth = TokenAuth(TokenSource(night.maskinporten), Grant(scope=settings.scope))
    transport = SessionTransport(requests.Session(), auth, settings)
    return FiksRegister(settings, transport, patience=Patience(sleep=lambda _: None))


async def test_an_owner_is_searched_for_and_neither_name_nor_owner_is_kept(
    desk: Desk, night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    desk.put("eiere.csv", f"eier\nKari {CANARY}\nIngen Slik\n")
    result = await desk.whole(_fiks(night))
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
    assert (await desk.whole(_fiks(night))).states == {"FOUND": 3}
    night.put("5.xml", number=5)
    night.fault("lost_answer")
    await night.whole("run-2")
    night.settle()
    await night.resolve()
    await asyncio.to_thread(_watched, night)
    with pytest.raises(PersonMustAct) as denied:
        await asyncio.to_thread(_fiks(night, password="feil-passord-her").lookup_vins, [sample_vin(1)])

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


async def test_a_form_asks_once_per_run_and_an_owner_comes_beside_it(desk: Desk, night: Night) -> None:
    asked = {"understellsnummer": [sample_vin(1)], "kjennemerke": ["XX 99999"]}
    for _ in range(2):
        with connect(night.dsn) as connection:
            take_form(connection, night.party, "run", asked, moment=None, owner_variable="samsvar_secret_x")
    desk.names = {THE_ONE: f"Kari {CANARY}"}
    assert (await desk.whole(_fiks(night))).states == {"FOUND": 2, "ABSENT": 1}
    assert len(desk.receipt()[0]) == 5


async def test_without_fiks_an_owner_cannot_be_searched_and_without_a_register_nothing(desk: Desk) -> None:
    desk.put("q.csv", f"eier;vin\nKari {CANARY};\n;{sample_vin(1)}\n")
    await desk.take()
    with pytest.raises(ConfigurationError, match="No register"):
        await desk.ask(None)
    assert (await desk.ask()).states == {"FOUND": 1, "REFUSED": 1}
    await desk.answer()
    assert "KS Fiks" in desk.receipt()[1][0]["Why"]


async def test_a_vin_at_a_moment_is_asked_by_its_kuid_and_does_not_replace_what_is_known_of_today(
    desk: Desk, night: Night
) -> None:
    desk.put("now.txt", sample_vin(1))
    await desk.whole()
    desk.put("then.csv", f"vin;dtg\n{sample_vin(1)};01.02.2025\n")
    assert (await desk.whole()).states == {"FOUND": 1}
    assert desk.receipt()[0][0]["As of"] == datetime(2025, 2, 1)
    assert night.one("SELECT as_of FROM mart.vehicle") is None


async def test_a_file_that_cannot_be_read_is_rejected_with_a_receipt(desk: Desk, night: Night) -> None:
    desk.put("picture.pdf", b"%PDF-1.4")
    desk.put("empty.csv", b"")
    taken = await desk.take()
    assert taken.refused == 2
    await desk.answer()
    assert night.names("lookups") == [] and len(night.names("rejected")) == 2
    assert desk.receipt()[1][0]["Why"].endswith(".")


async def test_a_file_that_is_overwritten_meanwhile_asks_anew(desk: Desk, night: Night) -> None:
    desk.put("q.txt", sample_vin(1))
    await desk.take()
    desk.put("q.txt", sample_vin(2) + "\n")
    await desk.ask()
    assert (await desk.answer()).came_back == 1
    assert night.names("lookups") == ["q.txt"]
    assert (await desk.whole()).states == {"FOUND": 1}
    assert [row["VIN"] for row in desk.receipt()[0]] == [sample_vin(2)]


async def test_a_file_that_may_still_be_uploading_waits(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.journey.lookup_take._LONGEST_WAIT", 0.0)
    night.configure(upload="quiet", quiet_seconds=60)
    desk.put("q.txt", sample_vin(1))
    assert (await desk.take()).still_uploading == 1
    night.sql("UPDATE ledger.lookup SET stable_since = now() - interval '2 minutes'")
    assert (await desk.take()).files == 1


def test_a_text_that_begins_like_a_formula_stays_a_text(night_party: Any) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"]
    items = [
        Item(item_no=n, place=f"line {n}", kind="kjennemerke", asked=text, state="FOUND", vehicles=[{"merke": text}])
        for n, text in enumerate(evil, start=1)
    ]
    book = openpyxl.load_workbook(io.BytesIO(workbook(items, night_party)))
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2, max_col=6) for cell in row if cell.value in evil]
    assert len(cells) == 10 and {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


@pytest.fixture
def night_party() -> Any:
    from include.config.party import Party

    return Party.model_validate({"id": "nordbil", "name": "N", "organisation_number": "310000019", "language": "nb"})
