"""Workbooks: numbers, dates and sheets as Excel keeps them, and archives that mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from include.drop.tables import Column, Table, read_table
from include.errors import ContentRefused

COLUMNS = (
    Column("kjennemerke", titles=("regnr",), required=True),
    Column("fodselsnummer", digits=11),
    Column("etternavn"),
    Column("fra", kind="date"),
    Column("tidspunkt", kind="moment"),
)


def table(content: bytes, name: bytes) -> Table:
    return read_table(content, name, COLUMNS)


def cells(read: Table) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read.rows]


def workbook(rows: list[list[object]], *, title: str = "Ark1") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_workbook_with_numbers_dates_and_a_second_sheet_of_notes() -> None:
    book = workbook(
        [
            [],
            ["Kjennemerke", "Fødselsnummer", "Etternavn", "Fra", "Tidspunkt"],
            ["CU10001", 63888700414, "Bjørnås", date(2026, 11, 22), datetime(2026, 11, 22, 14, 30)],
            [None, None, None],
            ["CU10002", "01010112345", "Åse", "22.11.2026", None],
            ["CU10003", 1010112345, "#N/A"],
        ]
    )
    book.create_sheet("Notater").append(["husk", "melk"])
    read = table(saved(book), b"liste.XLSX")
    assert cells(read) == [
        {
            "kjennemerke": "CU10001",
            "fodselsnummer": "63888700414",
            "etternavn": "Bjørnås",
            "fra": "2026-11-22",
            "tidspunkt": "2026-11-22T14:30:00",
        },
        {"kjennemerke": "CU10002", "fodselsnummer": "01010112345", "etternavn": "Åse", "fra": "2026-11-22"},
    ]
    assert [row.place for row in read.rows] == ["row 3", "row 5"]
    assert [bad.place for bad in read.bad] == ["row 6"]


def test_a_workbook_of_the_other_calendar() -> None:
    book = workbook([["kjennemerke", "fra"], ["A", date(2026, 11, 22)]])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert cells(table(saved(book), b"mac.xlsx"))[0]["fra"] == "2026-11-22"


def test_rows_on_two_sheets_and_hidden_sheets() -> None:
    book = workbook([["kjennemerke"], ["A"]])
    book.create_sheet("Gammel").append(["kjennemerke"])
    with pytest.raises(ContentRefused, match="more than one sheet"):
        table(saved(book), b"to.xlsx")
    book["Gammel"].sheet_state = "hidden"
    assert cells(table(saved(book), b"to.xlsx")) == [{"kjennemerke": "A"}]


def _changed(content: bytes, part: str, change: tuple[bytes, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            told = old.read(entry)
            new.writestr(entry.filename, told.replace(*change, 1) if entry.filename == part else told)
    return target.getvalue()


def test_a_hostile_workbook_is_refused_before_it_is_opened() -> None:
    good = saved(workbook([["kjennemerke"], ["A"]]))
    with pytest.raises(ContentRefused, match="damaged"):
        table(
            _changed(good, "xl/worksheets/sheet1.xml", (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "a">]><worksheet')),
            b"a.xlsx",
        )
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 70_000_000)
    with pytest.raises(ContentRefused, match="unpacks to more"):
        table(bomb.getvalue(), b"a.xlsx")
    with pytest.raises(ContentRefused, match="damaged"):
        table(good[: len(good) // 2], b"a.xlsx")


def test_a_row_far_down_and_a_column_far_out_cost_nothing() -> None:
    good = saved(workbook([["kjennemerke"], ["A"]]))
    sheet = "xl/worksheets/sheet1.xml"
    far = _changed(good, sheet, (b'<row r="2"', b'<row r="999999999999"'))
    far = _changed(far, sheet, (b'ref="A1:A2"', b'ref="A1:XFD999999999999"'))
    assert table(far, b"a.xlsx").rows == ()
