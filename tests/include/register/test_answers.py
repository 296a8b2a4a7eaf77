"""Tables: what each body and each mixture of rows means. No socket."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from include.register.kinds import KUID, PLATE, VIN
from include.register.port import Absent, Found, Unreadable
from include.register.reading import vehicle
from include.register.record import VehicleRecord, plain_plate
from include.register.rows import Row, Rows, parse_rows
from include.register.settling import settle

NONE: frozenset[str] = frozenset()


def car(vin: str | None, kuid: str | None = None, plate: str | None = None, **more: Any) -> dict[str, Any]:
    return {"kjoretoyId": {"understellsnummer": vin, "kuid": kuid, "kjennemerke": plate, **more}}


def found(body: Any, asked: list[str], kind: Any = VIN, absent: frozenset[str] = NONE) -> Any:
    rows = parse_rows(json.dumps(body).encode())
    assert rows is not None
    return settle(asked, kind, rows, absent)


FULL = {
    "kjoretoyId": {"kuid": 1234567890, "kjennemerke": "CU 10942", "understellsnummer": "VF1", "merkekode": "0350"},
    "forstegangsregistrering": {"registrertForstegangNorgeDato": "2026-11-20"},
    "eierskap": {"eier": {"person": {"etternavn": "Kanarifugl"}}},
    "kjennemerke": [
        {"kjennemerke": "XX 1", "tilTidspunkt": "2020-01-01T00:00:00+01:00"},
        {"kjennemerke": "CU 10942"},
        "rubbish",
    ],
    "registrering": {
        "registreringsstatus": {"kodeVerdi": "REGISTRERT"},
        "fomTidspunkt": "2026-11-20T08:00:00.123+01:00",
    },
    "godkjenning": {
        "forstegangsGodkjenning": {
            "godkjenningsundertype": {"kodeVerdi": "COC"},
            "forstegangRegistrertDato": "2019-02-03T00:00:00",
        },
        "tekniskGodkjenning": {
            "kjoretoyklassifisering": {
                "efTypegodkjenning": {
                    "typegodkjenningnummer": {"land": "e6", "direktiv": "2007/46", "serie": "0289", "utvidelse": "09"},
                    "variant": "-",
                    "versjon": " V2 ",
                },
                "kjoretoyAvgiftsKode": "101",
                "tekniskKode": {"kodeVerdi": "M1"},
            },
            "tekniskeData": {"generelt": {"merke": [{"merke": "OPEL", "merkeKode": "0350"}]}},
        },
    },
    "periodiskKjoretoyKontroll": {"kontrollfrist": "-"},
    "noeHeltNytt": {"etternavn": "Kanarifugl"},
}


def test_a_vehicle_is_read_field_by_field_and_nothing_else_comes_along() -> None:
    record = vehicle(FULL)
    assert record == VehicleRecord(
        kuid="1234567890",
        understellsnummer="VF1",
        merkekode="0350",
        merke="OPEL",
        kjennemerke="CU 10942",
        kjennemerker=("CU 10942", "XX 1"),
        registreringsstatus="REGISTRERT",
        registrering_fom=datetime.fromisoformat("2026-11-20T08:00:00.123+01:00"),
        registrert_forstegang_norge=date(2026, 11, 20),
        forstegang_registrert=date(2019, 2, 3),
        godkjenningsundertype="COC",
        typegodkjenningsnummer="e6*2007/46*0289*09",
        versjon="V2",
        avgiftskode="101",
        teknisk_kode="M1",
    )
    assert "Kanarifugl" not in repr(record)
    assert record.is_registered and record.has_make(350) and record.has_make(None) and not record.has_make("4350")


@pytest.mark.parametrize(
    "row", [None, [], "x", {}, {"kjoretoyId": None}, {"kjoretoyId": {"kuid": "-", "understellsnummer": " ", "imid": 1}}]
)
def test_a_row_that_does_not_say_which_vehicle_it_is_is_no_vehicle(row: Any) -> None:
    assert vehicle(row) is None


def test_odd_values_become_none_and_never_an_error() -> None:
    odd = {"kjoretoyId": {"kuid": "K1"}, "registrering": [], "godkjenning": {"tekniskGodkjenning": "x"}}
    odd |= {
        "kjennemerke": {"kjennemerke": "AB 1"},
        "forstegangsregistrering": {"registrertForstegangNorgeDato": "i går"},
    }
    record = vehicle(odd)
    assert record == VehicleRecord(kuid="K1")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"7", b'"x"', b"<html></html>", b'[{"kjoretoyId"', b"{}", b'{"noe": []}',
        b'{"kjoretoyresponser": null, "responskoder": []}', b'{"responser": {}}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_answer_is_none(body: bytes) -> None:
    assert parse_rows(body) is None


@pytest.mark.parametrize(
    "body",
    [
        [car("A")],
        [{"kjoretoy": car("A"), "responskoder": []}],
        {"kjoretoyresponser": [{"kjoretoy": car("A")}]},
        {"kjoretoyresponser": [], "kjoretoy": [{"kjoretoy": car("A")}]},
        {"kjoretoy": [{"kjoretoy": car("A")}], "kjoretoyresponser": None},
        {"responser": [{"request": {"understellsnummer": "a"}, "kjoretoydata": car("A")}]},
        {"responser": [{"request": "a", "kjoretoydataListe": [car("A")], "feilmelding": None}]},
        {"kjoretoydataListe": [car(" a ")]},
        car("A"),
    ],
)
def test_every_published_or_likely_shape_is_read(body: Any) -> None:
    settled = found(body, ["A"])
    assert isinstance(settled.results["A"], Found) and not settled.again and not settled.divide


@pytest.mark.parametrize(
    "body",
    [
        [], {"kjoretoyresponser": []}, {"kjoretoydataListe": []}, {"antallTreffTotalt": 0, "kjoretoyresponser": None},
        {"responser": [{"request": {"understellsnummer": "A"}, "kjoretoydataListe": []}]},
        {"responser": [{"request": {"understellsnummer": "A"}, "kjoretoydata": None}]},
        [{"kjoretoy": None, "responskoder": []}],
    ],
)  # fmt: skip
def test_only_an_explicit_nothing_is_absent(body: Any) -> None:
    assert found(body, ["A"]).results == {"A": Absent()}


@pytest.mark.parametrize(
    "body",
    [
        [car("B")],
        [car(None, kuid="K")],
        [{}],
        [None],
        {"responser": []},
        {"responser": [{"request": {"understellsnummer": "A"}}]},
        {"responser": [{"request": {"understellsnummer": "A"}, "kjoretoydata": {}}]},
        {"responser": [{"request": {"understellsnummer": "A"}, "kjoretoydata": car("B")}]},
        {"responser": [{"request": {"understellsnummer": "A"}, "feilmelding": "TEKNISK_FEIL"}]},
        {"responser": [{"request": {"understellsnummer": "A"}, "feilmelding": "Kari Nordmann eier bilen"}]},
        {"responskoder": [{"kode": "TEKNISK_FEIL"}]},
        {"feilmelding": {"noe": 1}},
        {"kjoretoyresponser": [], "antallITreffliste": 3},
        [car("A"), {"kjoretoydata": {"noe": 1}, "request": "A"}],
    ],
)
def test_whatever_is_doubtful_is_unreadable_and_never_absent(body: Any) -> None:
    (looked,) = found(body, ["A"]).results.values()
    assert isinstance(looked, Unreadable)
    assert "Kari" not in looked.sentence
    assert looked.sentence.endswith(".")


def test_a_code_is_quoted_and_means_absent_only_by_setting() -> None:
    body = {"responser": [{"request": "A", "feilmelding": "IKKE_FUNNET"}]}
    assert "IKKE_FUNNET" in found(body, ["A"]).results["A"].sentence
    assert found(body, ["A"], absent=frozenset({"ikke_funnet"})).results == {"A": Absent()}
    mixed = {"kjoretoyresponser": [], "responskoder": [{"kode": "IKKE_FUNNET"}, {"kode": "ANNET"}]}
    assert isinstance(found(mixed, ["A"], absent=frozenset({"ikke_funnet"})).results["A"], Unreadable)


def test_what_an_answer_leaves_out_is_asked_again_since_the_answer_may_have_been_cut() -> None:
    settled = found([car("A")], ["A", "B", "C"])
    assert (set(settled.results), settled.again, settled.divide) == ({"A"}, ("B", "C"), ())


@pytest.mark.parametrize(
    "body",
    [[car("A"), {}], [car("A"), car("X")], [{"kjoretoy": None}], {"kjoretoyresponser": [], "antallITreffliste": 9}],
)
def test_an_answer_with_a_row_of_nobody_is_divided(body: Any) -> None:
    settled = found(body, ["A", "B", "C"])
    assert settled.divide and not settled.again
    assert all(isinstance(one, Found) for one in settled.results.values())


def test_a_plate_is_compared_in_any_spelling_and_may_have_moved_to_another_vehicle() -> None:
    assert plain_plate(" cu-10942") == plain_plate("CU 10942")
    assert isinstance(found([car("V", plate="CU 10942")], ["CU10942"], PLATE).results["CU10942"], Found)
    moved = {"responser": [{"request": {"kjennemerke": "CU10942"}, "kjoretoydata": car("V", plate="XX 1")}]}
    assert isinstance(found(moved, ["CU10942"], PLATE).results["CU10942"], Found)
    assert isinstance(found([car("V", kuid="77")], ["77"], KUID).results["77"], Found)


def test_two_makes_in_two_rows_are_one_answer_and_a_row_twice_is_one_vehicle() -> None:
    rows = [car("A", kuid="1"), car("A", kuid="2"), car("A", kuid="1")]
    assert [one.kuid for one in found(rows, ["A"]).results["A"].vehicles] == ["1", "2"]


def test_everything_asked_is_in_exactly_one_place() -> None:
    record = VehicleRecord(understellsnummer="A")
    rows = [Row(frozenset(), (record,), (), True), Row(frozenset({"b"}), (), (), True), Row(NONE, (), ("X",), True)]
    settled = settle(["A", "B", "C", "D"], VIN, Rows(tuple(rows)), NONE)
    assert sorted([*settled.results, *settled.again, *settled.divide]) == ["A", "B", "C", "D"]
