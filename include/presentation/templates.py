"""The template files of docs/templates, made from the table of columns: CSV and XLSX in both languages, and JSON.

`python -m include.presentation.templates` writes them; a test reads each with the reader that importers' files meet.
The consignments in them are those of customs' playground.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from include.presentation.columns import COLUMNS, EXPECTED, LEVEL_WORDS, Language
from include.toll.presentation import Level

TEMPLATES = Path(__file__).parents[2] / "docs" / "templates"
NAMES: Mapping[Language, str] = {"nb": "fremlegging", "en": "presentation"}
_WORD: Mapping[Language, int] = {"nb": 1, "en": 2}
_OFFICE = "NO351001"
_BAG = "GBASFZMLBKONAUN30001001019999"
_HOUSE = {"mrn": "23NO00000000000004", "document_number": "HC001", "document_type": "N703"}

#: The rows of every template, by column.
ROWS: Sequence[Mapping[str, str]] = (
    {"level": Level.ENS, "mrn": "23NO00000000000003", "office": _OFFICE},
    {"level": EXPECTED, "mrn": "23NO00000000000003", "document_number": "HC001", "document_type": "N740"},
    {"level": EXPECTED, "mrn": "23NO00000000000003", "document_number": "HC002", "document_type": "N740"},
    {"level": Level.RECEPTACLE, "receptacle": _BAG, "office": _OFFICE},
    {"level": Level.HOUSE, **_HOUSE, "office": _OFFICE},
)


def word_of(level: str, language: Language) -> str:
    """What a person writes into the column level."""
    return LEVEL_WORDS[level][_WORD[language]]


def table(language: Language) -> list[list[str]]:
    """The heading and the rows of the tabular templates."""
    heading = [getattr(column, language) for column in COLUMNS]
    rows = [{**row, "level": word_of(row["level"], language)} for row in ROWS]
    return [heading, *([row.get(column.name, "") for column in COLUMNS] for row in rows)]


def csv_template(language: Language) -> str:
    """Semicolons, as spreadsheets in Norway read and write."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows(table(language))
    return written.getvalue()


def xlsx_template(language: Language) -> bytes:
    """A workbook whose cells are text, so that no zero is lost; explanations stand on a second sheet."""
    import openpyxl
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)
    sheet: Any = book.active
    sheet.title = NAMES[language]
    for line in table(language):
        sheet.append(line)
    for at, _ in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = 24
        sheet.cell(1, at).font = Font(bold=True)
        for row in range(1, 502):
            sheet.cell(row, at).number_format = "@"
    sheet.freeze_panes = "A2"
    about = book.create_sheet("forklaring" if language == "nb" else "explanation")
    for column in COLUMNS:
        about.append([getattr(column, language), getattr(column, f"about_{language}")])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 100
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def json_template() -> str:
    """The same consignments in the words of the interface."""
    told: list[dict[str, Any]] = []
    fields = {column.name: column.json for column in COLUMNS}
    for row in ROWS:
        told_row = {fields[name]: value for name, value in row.items() if name not in ("office", "level")}
        if row["level"] == EXPECTED:
            del told_row["mrn"]
            told[-1].setdefault("expectedHouseConsignments", []).append(told_row)
        else:
            told.append({"level": str(row["level"]), **told_row})
    return json.dumps({"customsOfficeOfPresentation": _OFFICE, "consignments": told}, indent=2) + "\n"


def column_table() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heading and rows of the page's table of columns."""
    head = ("column", "in English", "in JSON", "also understood", "what belongs there")
    return head, [
        (one.nb, one.en, f"`{one.json}`", ", ".join(one.others), f"{one.about_en} ({one.about_nb})") for one in COLUMNS
    ]


def level_table() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heading and rows of the page's table of levels."""
    return ("level", "words"), [(f"`{level}`", ", ".join(dict.fromkeys(words))) for level, words in LEVEL_WORDS.items()]


def texts() -> dict[Path, str]:
    """The templates that are text, by path; docs/generate.py writes and compares them."""
    made = {TEMPLATES / f"{name}.csv": "\ufeff" + csv_template(language) for language, name in NAMES.items()}
    return {**made, TEMPLATES / "presentation.json": json_template()}


def main() -> int:
    """Writes every template."""
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
    for language, name in NAMES.items():
        (TEMPLATES / f"{name}.xlsx").write_bytes(xlsx_template(language))
    return 0


if __name__ == "__main__":
    sys.exit(main())
