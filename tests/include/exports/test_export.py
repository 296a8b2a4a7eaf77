"""Exports: each receiver's own rows, typed, never a formula, the same numbers in every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from include.errors import ConfigurationError
from include.exports.audience import Audience, Period
from include.exports.cells import for_csv, for_workbook, is_risky
from include.exports.files import export
from include.exports.tables import NOT_EXPORTED, TABLES
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres

RISKY = ["=1+1", "+47 22", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "＝1"]
MONTH = Period.month(date.today())


@pytest.fixture
def exported(filled: str, tmp_path: Path) -> Callable[..., Path]:
    def run(party: str | None, **more: Any) -> Path:
        with connect(filled) as connection:
            return export(connection, tmp_path, Audience(party), MONTH, **more).folder

    return run


def test_every_relation_with_an_importer_is_exported_or_said_not_to_be(two_parties: str) -> None:
    with connect(two_parties) as connection:
        rows = connection.execute(
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'mart_party'::regnamespace"
        )
        there = {row["name"] for row in rows if not row["name"].endswith("_pkey")}
    assert sorted([*(table.name for table in TABLES), *NOT_EXPORTED]) == sorted(there)


@pytest.mark.parametrize(("mine", "other"), [("nordbil", "fjordimport"), ("fjordimport", "nordbil")])
def test_no_party_finds_another_in_anything_it_is_handed(
    two_parties: str, hand_out: Callable[[str], Path], mine: str, other: str
) -> None:
    folder = hand_out(two_parties)
    files = {path.name for path in (folder / mine).rglob("*") if path.is_file()}
    wanted = {f"{table.name}.{kind}" for table in TABLES for kind in ("csv", "parquet")}
    assert files == wanted | {f"samsvar-{mine}-{MONTH.name}.xlsx"}
    for path in folder.rglob("*.parquet"):
        seen = set(pd.read_parquet(path)["importer"])
        assert seen == ({mine, other} if path.parts[-3] == "all" else {path.parts[-3]}), (
            f"{path}: no row proves nothing"
        )
    said = {path.name: _said(path) for path in [*(folder / mine).rglob("*.*"), *folder.glob(f"{mine}.*.html")]}
    assert len(said) == len(files) + 2
    assert [name for name, text in said.items() if mine not in text.casefold()] == []
    assert [name for name, text in said.items() if other in text.casefold()] == []


def _said(path: Path) -> str:
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        assert {sheet.title for sheet in book} == {"Summary", *(table.name[:31] for table in TABLES)}
        return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return pd.read_parquet(path).to_csv() if path.suffix == ".parquet" else path.read_text("utf-8-sig")


def test_the_whole_export_has_both_and_every_format_the_same_number_of_rows(exported: Callable[..., Path]) -> None:
    folder = exported(None)
    book = openpyxl.load_workbook(next(folder.glob("*.xlsx")), read_only=True)
    for path in folder.glob("*.parquet"):
        rows = len(pd.read_parquet(path))
        assert len(pd.read_csv(path.with_suffix(".csv"), sep=";", encoding="utf-8-sig")) == rows, path.name
        assert sum(1 for _ in book[path.stem].iter_rows()) - 1 == rows, path.name
    assert set(pd.read_parquet(folder / "ecoc_document.parquet")["importer"]) == {"nordbil", "fjordimport"}


def test_a_file_name_that_is_a_formula_is_text_everywhere(exported: Callable[..., Path]) -> None:
    folder = exported("nordbil")
    sheet = openpyxl.load_workbook(next(folder.glob("*.xlsx")))["ecoc_document"]
    column = [cell.value for cell in sheet[1]].index("file_name")
    cells = [row[column] for row in sheet.iter_rows(min_row=2)]
    risky = [cell for cell in cells if str(cell.value).startswith("=")]
    assert len(risky) == 1 and risky[0].data_type == "s" and risky[0].quotePrefix
    names = pd.read_csv(folder / "ecoc_document.csv", sep=";", encoding="utf-8-sig")["file_name"]
    assert [name for name in names if is_risky(name)] == []
    assert [name for name in names if name.startswith("'=cmd")] == ["'=cmd|' /C calc'!A0.xml"]


def test_cells_have_types(exported: Callable[..., Path]) -> None:
    folder = exported("nordbil")
    sheet = openpyxl.load_workbook(next(folder.glob("*.xlsx")))["ecoc_document"]
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, [cell.value for cell in sheet[2]], strict=True))
    assert isinstance(row["received_at"], datetime) and isinstance(row["errors"], int) and isinstance(row["vin"], str)
    frame = pd.read_parquet(folder / "ecoc_document.parquet")
    assert str(frame["received_at"].dtype).startswith("datetime64") and str(frame["errors"].dtype) == "Int64"
    daily = openpyxl.load_workbook(next(folder.glob("*.xlsx")))["reconciliation"]
    assert isinstance(daily["B2"].value, datetime) and daily["B2"].number_format == "yyyy-mm-dd"


def test_the_summary_has_the_figures_and_two_charts(exported: Callable[..., Path]) -> None:
    book = openpyxl.load_workbook(next(exported("nordbil").glob("*.xlsx")))
    sheet = book["Summary"]
    figures = {row[0]: row[1] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert (figures["Files seen"], figures["Accepted"], figures["Refused"]) == (3, 2, 1)
    assert figures["Acceptance rate"] == pytest.approx(0.6667)
    assert figures["waits_for_person"] == 1
    assert len(sheet._charts) == 2


def test_an_export_replaces_the_one_before_and_leaves_nothing_else(exported: Callable[..., Path]) -> None:
    first = exported("nordbil", formats=["csv"])
    (first / "stray.txt").write_text("x", "utf-8")
    again = exported("nordbil", formats=["parquet"])
    assert again == first and {path.suffix for path in again.iterdir()} == {".parquet"}
    assert [path.name for path in again.parent.iterdir()] == [MONTH.name]


def test_without_its_role_nothing_is_exported(filled: str, tmp_path: Path) -> None:
    with connect(filled) as connection, pytest.raises(ConfigurationError, match="samsvar_party_nobody"):
        export(connection, tmp_path, Audience("nobody"), MONTH)
    assert list((tmp_path / "nobody").iterdir()) == []


def test_a_month_has_its_days() -> None:
    assert (MONTH.first.day, Period.month(date(2026, 2, 9)).last, Period.month(date(2026, 1, 31)).before.name) == (
        1,
        date(2026, 2, 28),
        "2025-12",
    )
    assert Period(date(2026, 1, 2), date(2026, 1, 3)).name == "2026-01-02_2026-01-03"


@pytest.mark.parametrize("text", RISKY)
def test_a_risky_text_is_quoted_in_csv(text: str) -> None:
    assert is_risky(text) and for_csv(text) == "'" + text


@pytest.mark.parametrize("value", ["Volvo", "a=b", "", 5, None, True, "1-2"])
def test_an_ordinary_value_passes_as_it_is(value: Any) -> None:
    assert for_csv(value) == value and for_workbook(value) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("0.25"), 0.25),
        (float("nan"), None),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), datetime(2026, 7, 2, 0, 30)),
        (["a", "b"], "a, b"),
        ("a\x00b\x1b", "a�b�"),
        ("x" * 40_000, "x" * 32_767),
    ],
)
def test_values_a_workbook_does_not_know_are_turned_into_those_it_does(value: Any, shown: Any) -> None:
    assert for_workbook(value) == shown
