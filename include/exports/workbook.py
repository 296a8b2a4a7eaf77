"""The workbook: a summary with charts, then a sheet for each relation, written row by row: memory stays small."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from include.exports.audience import Audience, Period
from include.exports.cells import for_workbook, is_risky
from include.exports.summary import Summary, summarise
from include.exports.tables import Piece, Table, pieces, tables_of
from include.ledger.warehouse import Connection

LAST_ROW = 1_048_576
"""Rows a sheet holds; what is more is said in its last row, and is in the CSV file."""
_STATES = ("accepted", "refused", "invalid", "duplicate", "unknown", "open")
_COLOURS = ("2E7D32", "C62828", "EF6C00", "9E9E9E", "6A1B9A", "1565C0")


def write_workbook(connection: Connection, path: Path, audience: Audience, period: Period) -> dict[str, int]:
    """Writes the workbook and returns how many rows each sheet has; inside `audience.reading`."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _summary_sheet(book, audience, period, summarise(connection, audience, period))
    rows = {table.name: _sheet(book, connection, audience, table, period) for table in tables_of(connection, audience)}
    book.save(path)
    return rows


def _summary_sheet(book: Any, audience: Audience, period: Period, summary: Summary) -> None:
    sheet = book.create_sheet("Summary")
    sheet.column_dimensions["A"].width = 34
    sheet.freeze_panes = "A2"
    _line(sheet, [f"Samsvar · {audience.name} · {period.first} – {period.last}"], bold=True)
    for name, value in summary.figures:
        _line(sheet, [name, value])
    _line(sheet, [])
    _line(sheet, ["Open differences", "number", "owner", "next step"], bold=True)
    for kind, number, owner, step in summary.differences:
        _line(sheet, [kind, number, owner, step])
    _line(sheet, [])
    top = len(summary.figures) + len(summary.differences) + 5
    _line(sheet, ["day", *_STATES, "acceptance rate", "minutes to acceptance (median)"], bold=True)
    for day in summary.days:
        _line(sheet, list(day))
    if summary.days:
        _charts(sheet, top, len(summary.days))


def _charts(sheet: Any, top: int, days: int) -> None:
    """Volumes by state, stacked, and the acceptance rate, beside the figures."""
    from openpyxl.chart import BarChart, LineChart, Reference

    labels = Reference(sheet, min_col=1, min_row=top + 1, max_row=top + days)
    volumes = BarChart()
    volumes.type, volumes.grouping, volumes.overlap, volumes.title = "col", "stacked", 100, "Files by day and state"
    volumes.add_data(
        Reference(sheet, min_col=2, max_col=1 + len(_STATES), min_row=top, max_row=top + days), titles_from_data=True
    )
    for series, colour in zip(volumes.series, _COLOURS, strict=True):
        series.graphicalProperties.solidFill = colour
    rate = LineChart()
    rate.title, rate.y_axis.scaling.min, rate.y_axis.scaling.max = "Acceptance rate", 0, 1
    rate.y_axis.number_format = "0%"
    rate.add_data(Reference(sheet, min_col=2 + len(_STATES), min_row=top, max_row=top + days), titles_from_data=True)
    for chart, place in ((volumes, "K2"), (rate, "K20")):
        chart.set_categories(labels)
        chart.width, chart.height = 24, 8.5
        chart.x_axis.delete = chart.y_axis.delete = False
        chart.x_axis.number_format = "yyyy-mm-dd"
        sheet.add_chart(chart, place)


def _sheet(book: Any, connection: Connection, audience: Audience, table: Table, period: Period) -> int:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(table.name[:31])
    sheet.freeze_panes = "A2"
    written = 0
    for number, piece in enumerate(pieces(connection, audience, table, period)):
        if number == 0:
            _widths(sheet, piece)
            _line(sheet, list(piece.columns), bold=True)
        for row in piece.rows:
            if written == LAST_ROW - 2:
                _line(sheet, ["There are more rows than a sheet holds: they are in the CSV file."], bold=True)
                return written
            _line(sheet, row)
            written += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(piece.columns))}{written + 1}"
    return written


def _widths(sheet: Any, piece: Piece) -> None:
    from openpyxl.utils import get_column_letter

    for place, (name, kind) in enumerate(zip(piece.columns, piece.types, strict=True), start=1):
        wide = 60 if name in ("sentence", "next_step", "meldingstekst", "reason", "example") else 20
        sheet.column_dimensions[get_column_letter(place)].width = wide if kind == "text" else max(12, len(name) + 2)


def _line(sheet: Any, values: Sequence[Any], *, bold: bool = False) -> None:
    sheet.append([_cell(sheet, value, bold) for value in values])


def _cell(sheet: Any, value: Any, bold: bool) -> Any:
    """A typed cell. Text is text whatever it begins with, and what looks like a formula is also marked as quoted."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    plain = for_workbook(value)
    if not bold and not isinstance(plain, str | date):
        return plain
    cell: Any = WriteOnlyCell(sheet)
    cell.value = plain
    if isinstance(plain, str):
        cell.data_type = "s"
        if is_risky(plain):
            cell.quotePrefix = True
    elif isinstance(plain, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(plain, date):
        cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = Font(bold=True)
    return cell
