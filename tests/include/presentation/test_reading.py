"""Presentation files as people and programs really write them: every cell arrives as it was meant, or is named."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from include.presentation.given import FileRefused
from include.presentation.reading import ReadRow, read
from include.toll.presentation import Consignment, Level

MRN = "23NO00000000000003"
HOUSE = Consignment(Level.HOUSE, "NO351001", mrn=MRN, document_number="00123", document_type="N740")
TEXT = f"nivå;MRN;dokumentnummer;dokumenttype;tollkontor\nhus;{MRN};00123;n740;no351001\n"


def rows(name: str, content: bytes, **more: Any) -> list[ReadRow]:
    return read(name.encode(), content, **more)[1]


def workbook(*lines: list[Any], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    for cell, code in (formats or {}).items():
        book.active[cell].number_format = code
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def rules(row: ReadRow) -> list[str]:
    return [str(fault["rule_id"]) for fault in row.faults]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("cp1252"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        b"sep=;\r\n" + TEXT.encode("cp1252"),
        b"\n" + TEXT.encode(),
        TEXT.replace("nivå", "Level").replace("tollkontor", "customsOfficeOfPresentation").encode(),
        TEXT.replace("hus", '"house-consignment"').encode(),
        TEXT.replace(MRN, "23 NO 0000 0000 0000 03").encode(),
    ],
)
def test_every_usual_way_to_save_a_csv_gives_the_same_row(content: bytes) -> None:
    (row,) = rows("flight.csv", content)
    assert row.consignment == HOUSE and row.faults == ()


def test_text_cells_and_number_cells_of_a_workbook_keep_zeros_and_digits() -> None:
    content = workbook(
        ["nivå", "dokumentnummer", "dokumenttype", "tollkontor"],
        ["hus", "00123", "N740", "NO351001"],
        ["hus", 123, "N740", "NO351001"],
        ["hus", 123456789012345, "N740", "NO351001"],
        ["hus", 42, "N740", "NO351001"],
        ["hus", 7.0, "N740", "NO351001"],
        formats={"B5": "00000000"},
    )
    found = [row.consignment.document_number for row in rows("f.xlsx", content) if row.consignment]
    assert found == ["00123", "123", "123456789012345", "00000042", "7"]


def test_a_number_of_which_the_spreadsheet_lost_digits_is_refused_and_the_other_rows_go_on() -> None:
    heading = ["nivå", "dokumentnummer", "dokumenttype", "tollkontor"]
    content = workbook(heading, ["hus", 1234567890123456789, "N740", "NO351001"], ["hus", "A", "N740", "NO351001"])
    bad, good = rows("f.xlsx", content)
    assert rules(bad) == ["row.number"] and bad.consignment is None
    assert good.consignment is not None and (bad.row_no, good.row_no) == (2, 3)


def test_what_looks_like_a_gap_or_a_date_to_others_stays_what_it_is() -> None:
    content = TEXT.replace("00123", "NA").encode() + f"hus;{MRN};2026-11-22;N740;NO351001\n".encode()
    assert [row.consignment.document_number for row in rows("f.csv", content) if row.consignment] == [
        "NA",
        "2026-11-22",
    ]
    made = workbook(
        ["level", "document number", "type", "office"], ["house", datetime(2026, 11, 22), "N740", "NO351001"]
    )
    (row,) = rows("f.xlsx", made)
    assert row.consignment is not None and row.consignment.document_number == "2026-11-22"


def test_a_bad_row_names_its_reason_in_both_languages_and_keeps_none_back() -> None:
    content = TEXT + f"kiste;{MRN};1;N740;NO351001\nhus;{MRN};1;N740;NO351001;for mye\nhus;{MRN};2;N740;NO351001\n"
    good, level, cells, last = rows("f.csv", content.encode())
    assert (rules(level), rules(cells)) == (["row.level"], ["row.cells"])
    assert good.consignment and last.consignment and last.row_no == 5
    for fault in (*level.faults, *cells.faults):
        assert fault["nb"] and fault["en"] and fault["nb"] != fault["en"] and "kiste" not in fault["nb"]


def test_every_level_has_its_words_and_an_expected_house_is_no_presentation() -> None:
    content = (
        "level;mrn;document_number;document_type;receptacle;container;office;corrects\n"
        f"ENS;{MRN};;;;;NO351001;\n"
        ";;;;;;;\n"
        "sekk;;;;GBASFZMLBKONAUN30001001019999;;NO351001;\n"
        "Hovedfraktbrev;;123-45678901;N741;;;NO351001;\n"
        "container;;;;;jaru 000001 0;NO351001;b0a5a7a6-2f38-4cf4-8f0c-6c32e5a6b2a1\n"
        f"forventet;{MRN};HC009;N740;;;;\n"
        f"forventet;{MRN};;;;;;\n"
    )
    found = rows("f.csv", content.encode())
    levels = [row.consignment.level if row.consignment else None for row in found]
    assert levels == [Level.ENS, Level.RECEPTACLE, Level.MASTER, Level.CONTAINER, Level.HOUSE, None]
    assert [row.row_no for row in found] == [2, 4, 5, 6, 7, 8]
    assert [row.expected for row in found] == [False] * 4 + [True, False]
    assert found[3].consignment.container == "JARU0000010" and str(found[3].corrects).startswith("b0a5a7a6")
    assert rules(found[5]) == ["row.expected"]


def test_json_in_the_words_of_the_interface_with_expected_houses() -> None:
    told = {
        "customsOfficeOfPresentation": "NO351001",
        "consignments": [
            {
                "level": "entry-summary-declaration",
                "mrn": MRN,
                "expectedHouseConsignments": [
                    {"transportDocumentHouseLevel": {"documentNumber": "HC001", "type": "N740"}},
                    {"documentNumber": 17, "documentType": "N740", "containerIdentificationNumber": "JARU0000010"},
                ],
            },
            {"level": "house", "transportDocumentHouseLevel": {"documentNumber": "00123", "type": "N740"}, "mrn": MRN},
            {"level": "house", "documentNumber": ["x"], "documentType": "N740"},
            "not an object",
            {"level": "house", "documentNumber": "1", "documentType": "N740", "office": "NO371001", "new": {"a": None}},
        ],
    }
    office, found = read(b"f.JSON", json.dumps(told).encode())
    assert office == "NO351001"
    assert [row.row_no for row in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [row.expected for row in found[:3]] == [False, True, True]
    assert found[1].consignment is not None and found[1].consignment.mrn == MRN
    assert found[2].consignment is not None and found[2].consignment.document_number == "17"
    assert found[3].consignment == HOUSE
    assert (rules(found[4]), rules(found[5])) == (["row.value"], ["row.object"])
    assert found[6].consignment is not None and found[6].consignment.office == "NO371001"
    assert read(b"f.json", json.dumps(told["consignments"]).encode())[0] is None


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("f.csv", b"", "file.empty"),
        ("f.csv", b"  \n ", "file.empty"),
        ("f.csv", TEXT.split("\n")[0].encode(), "file.empty"),
        ("f.csv", b"a;b\n1;2\n", "file.heading"),
        ("f.csv", b"level;MRN;mrn\nens;1;2\n", "file.heading_twice"),
        ("f.csv", TEXT.encode() + b'hus;"never closed;1;N740;NO351001\nhus;1;1;N740;NO351001\n', "file.quote"),
        ("f.csv", b"\x00\x01\x02\xff" * 40, "file.damaged"),
        ("f.csv", b";" * 200 + b"\n1", "file.columns"),
        ("f.csv", TEXT.encode() + TEXT.split("\n")[1].encode() * 1 + b"\n" * 20, "file.rows"),
        ("f.xlsx", b"no workbook at all", "file.damaged"),
        ("f.xlsx", b"PK\x03\x04 broken", "file.damaged"),
        ("f.xlsx", workbook(["level"]), "file.empty"),
        ("f.json", b"{", "file.json"),
        ("f.json", b'{"rows": []}', "file.json"),
        ("f.json", b'{"consignments": []}', "file.empty"),
        ("f.json", b"[" + b"{}," * 11 + b"{}]", "file.rows"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_in_both_languages(name: str, content: bytes, rule: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(name.encode(), content, max_rows=10)
    told = refused.value.told
    assert told["rule_id"] == rule and told["nb"] != told["en"] and "{" not in told["nb"] + told["en"]


def test_a_row_limit_is_exact() -> None:
    line = TEXT.split("\n")[1]
    most = (TEXT + f"{line}\n" * 9).encode()
    assert len(rows("f.csv", most, max_rows=10)) == 10
    with pytest.raises(FileRefused, match="more than 9 rows"):
        rows("f.csv", most, max_rows=9)
    made = workbook(["level", "mrn"], *(["ens", MRN] for _ in range(10)))
    assert len(rows("f.xlsx", made, max_rows=10)) == 10
    with pytest.raises(FileRefused, match="more than 9 rows"):
        rows("f.xlsx", made, max_rows=9)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("include.presentation.sheet.MOST_UNPACKED", 1_000)
    with pytest.raises(FileRefused) as refused:
        read(b"f.xlsx", workbook(["level"], ["ens"]))
    assert refused.value.told["rule_id"] == "file.too_large"
