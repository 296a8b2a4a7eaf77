"""Findings as a table for people, JSON for programs, CSV for spreadsheets: written as they come, never gathered."""

from __future__ import annotations

import csv
import json
import shutil
import textwrap
from collections import Counter
from typing import Literal, Protocol, TextIO

from include.ivi.finding import Finding

from .checking import Result

Format = Literal["table", "json", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "csv")

_COLUMNS = ("file", "vin", "level", "rule", "place", "coc_entry", "sentence")
_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")
_WIDEST = 140


class Report(Protocol):
    """Takes one result after the other, then the counts by `ok`, `info`, `warning`, `error` and `unreadable`."""

    def add(self, result: Result) -> None:
        """Write what was found in one document."""

    def end(self, counts: Counter[str], /) -> None:
        """Write what comes after the last one."""


def new_report(form: Format, out: TextIO, *, every: bool) -> Report:
    """A report that writes to `out`; `every`: the table names documents without findings too."""
    if form == "json":
        return JsonReport(out)
    return CsvReport(out) if form == "csv" else TableReport(out, every=every)


def harmless(text: str) -> str:
    """A text for a screen: what could move the cursor or hide is written as U+XXXX, on one line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)


def cell(text: str) -> str:
    """A text for a spreadsheet: what a spreadsheet would take for a formula begins with an apostrophe (OWASP)."""
    return f"'{text}" if text[:1] in _FORMULA and text else text


class TableReport:
    """A block per document: its file, then a line of level, rule, entry and place per finding, and the sentence."""

    def __init__(self, out: TextIO, *, every: bool) -> None:
        self._out = out
        self._every = every
        self._width = min(shutil.get_terminal_size((100, 0)).columns, _WIDEST)
        self._begun = False

    def add(self, result: Result) -> None:
        """Write the block of one document; nothing where nothing was found and not every document is wanted."""
        if not result.findings:
            if self._every:
                self._out.write(f"{harmless(result.place)}\n  nothing found\n\n")
            return
        if not self._begun:
            self._begun = True
            self._out.write(self._line("level", "rule", "CoC entry", "place"))
        vin = f"  ({harmless(result.vin)})" if result.vin else ""
        self._out.write(f"{harmless(result.place)}{vin}\n")
        for finding in result.findings:
            self._out.write(self._row(finding))
        self._out.write("\n")

    def _line(self, level: str, rule: str, entry: str, place: str) -> str:
        return f"  {level:<8}{rule:<30}{entry:<11}{place}".rstrip() + "\n"

    def _row(self, finding: Finding) -> str:
        path = harmless(finding.path) or "the whole file"
        line = self._line(finding.level, finding.rule_id, finding.coc_entry or "", path)
        indent = " " * 10
        return (
            line
            + textwrap.fill(harmless(finding.sentence), self._width, initial_indent=indent, subsequent_indent=indent)
            + "\n"
        )

    def end(self, counts: Counter[str], /) -> None:
        """Write how many documents there were of each kind."""
        total = counts.total()
        parts = [
            f"{counts['ok']:,} without findings",
            f"{counts['info']:,} with hints",
            f"{counts['warning']:,} with warnings",
            f"{counts['error']:,} with errors",
            f"{counts['unreadable']:,} unreadable",
        ]
        self._out.write(f"{total:,} document{'' if total == 1 else 's'}: {', '.join(parts)}.\n")


class JsonReport:
    """One list with an object per document, written as it grows."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._joint = "["

    def add(self, result: Result) -> None:
        """Write the object of one document."""
        findings = [
            {
                "level": finding.level,
                "rule": finding.rule_id,
                "place": finding.path,
                "coc_entry": finding.coc_entry,
                "sentence": finding.sentence,
            }
            for finding in result.findings
        ]
        entry = {"file": _unicode(result.place), "vin": result.vin, "read": result.read, "findings": findings}
        self._out.write(f"{self._joint}\n{json.dumps(entry, ensure_ascii=False)}")
        self._joint = ","

    def end(self, _counts: Counter[str], /) -> None:
        """Close the list."""
        self._out.write("[]\n" if self._joint == "[" else "\n]\n")


class CsvReport:
    """A row per finding (RFC 4180), with a row of names first."""

    def __init__(self, out: TextIO) -> None:
        self._rows = csv.writer(out)
        self._rows.writerow(_COLUMNS)

    def add(self, result: Result) -> None:
        """Write the rows of one document."""
        for one in result.findings:
            row = (
                _unicode(result.place),
                result.vin or "",
                one.level,
                one.rule_id,
                one.path,
                one.coc_entry or "",
                one.sentence,
            )
            self._rows.writerow([cell(text) for text in row])

    def end(self, _counts: Counter[str], /) -> None:
        """Nothing comes after the last row."""


def _unicode(name: str) -> str:
    """A file name whose bytes may be no UTF-8, as text that can be written."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
