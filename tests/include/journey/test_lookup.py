"""Questions to the register end to end: drop, ledger, sandbox's register, receipt; killed, used up, overwritten."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from include.errors import ConfigurationError
from include.ivi.samples import sample_vin
from include.journey import lookup_ask
from include.journey.lookup_ask import THE_ONE
from include.journey.lookup_receipt import workbook
from include.journey.lookup_take import take_form
from include.ledger.lookups import Item
from include.ledger.warehouse import connect
from tests.drivers.desk import Desk
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

CANARY = "Kanarifugl"
SERVICE = "vegvesen_register"


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


async def test_a_form_asks_once_per_run_and_an_owner_comes_beside_it(desk: Desk, night: Night) -> None:
    asked = {"understellsnummer": [sample_vin(1)], "kjennemerke": ["XX 99999"]}
    for _ in range(2):
        with connect(night.dsn) as connection:
            take_form(connection, night.party, "run", asked, moment=None, owner_variable="samsvar_secret_x")
    desk.names = {THE_ONE: f"Kari {CANARY}"}
    assert (await desk.whole(desk.fiks())).states == {"FOUND": 2, "ABSENT": 1}
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
