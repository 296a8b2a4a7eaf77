"""The templates are read as importers' files are, say the same in every form, and keep to the published schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from include.presentation import templates
from include.presentation.columns import COLUMNS, LEVEL_WORDS, LEVELS, TITLES
from include.presentation.reading import read
from include.toll.checks import check
from include.toll.presentation import Level

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "include/presentation/presentation.schema.json").read_text("utf-8"))
ALL = ["fremlegging.csv", "fremlegging.xlsx", "presentation.csv", "presentation.xlsx", "presentation.json"]


@pytest.mark.parametrize("name", ALL)
def test_every_template_presents_the_same_three_levels_and_expects_two_houses(name: str) -> None:
    office, rows = read(name.encode(), (templates.TEMPLATES / name).read_bytes())
    assert [row.faults for row in rows] == [()] * 5
    assert sorted((row.consignment.level, row.expected) for row in rows if row.consignment) == sorted(
        [(Level.ENS, False), (Level.HOUSE, True), (Level.HOUSE, True), (Level.RECEPTACLE, False), (Level.HOUSE, False)]
    )
    assert [row.consignment.mrn for row in rows if row.expected and row.consignment] == ["23NO00000000000003"] * 2
    presented = [row.consignment for row in rows if row.consignment and not row.expected]
    assert [remark for one in presented for remark in check(one) if remark.level == "error"] == []
    assert office == (None if not name.endswith(".json") else "NO351001")


@pytest.mark.parametrize(("language", "name"), [("nb", "fremlegging.xlsx"), ("en", "presentation.xlsx")])
def test_the_workbooks_are_current_and_their_cells_are_text(language: templates.Language, name: str) -> None:
    sheet = openpyxl.load_workbook(templates.TEMPLATES / name).worksheets[0]
    found = [[cell.value or "" for cell in row] for row in sheet.iter_rows(max_row=6)]
    assert found == templates.table(language), "run `python -m include.presentation.templates`"
    assert {cell.number_format for cell in sheet[400]} == {"@"}


def test_the_text_templates_are_current() -> None:
    old = [path.name for path, text in templates.texts().items() if path.read_text("utf-8") != text]
    assert old == [], "run `python -m include.presentation.templates`"


def test_the_schema_takes_the_template_and_refuses_what_the_checks_refuse() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    told = json.loads(templates.json_template())
    jsonschema.validate(told, SCHEMA)
    for broken in (
        {"consignments": []},
        {"consignments": [{"level": "box"}]},
        {"consignments": [{"level": "entry-summary-declaration"}]},
        {"consignments": [{"level": "entry-summary-declaration", "mrn": "23NO1"}]},
        {"consignments": [{"level": "house-consignment", "documentNumber": "A"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


def test_no_heading_means_two_columns_and_no_word_two_levels() -> None:
    from include.drop.table_cells import title_key

    for column in COLUMNS:
        for title in (column.name, column.nb, column.en, column.json, *column.others):
            assert TITLES[title_key(title)] is column, title
    for level, words in LEVEL_WORDS.items():
        assert {LEVELS[title_key(word)] for word in words} == {str(level)}


def test_the_schema_names_the_columns_of_the_table() -> None:
    known = set(SCHEMA["$defs"]["consignment"]["properties"]) - {"expectedHouseConsignments"}
    assert known == {column.json for column in COLUMNS}
