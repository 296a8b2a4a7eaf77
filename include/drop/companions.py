"""What importers lay beside their documents to tell the avgiftsklassifisering, which the IVI does not hold.

A sidecar is `<file>.json` with the fields as the authority names them. `manifest.csv` has a row per document, found by
file name or VIN. A row with a fault never counts as "nothing said": its document must not go out with another value.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.drop.names import display_name, match_key
from include.errors import ContentRefused

FIELDS = ("avgiftsKode", "sitteplasserNorskGodkjenning", "sengeplasserCampingbil")
"""As the authority names them (vegvesen.github.io/ak-api, opprette)."""

AvgiftFields = dict[str, str]
"""The fields that were given, by the names in FIELDS; what was not given is not there."""

_LARGEST = 1_000_000
_MOST_FAULTS = 100
_FORM = {"avgiftsKode": re.compile(r"[0-9]{3}"), "sitteplasserNorskGodkjenning": re.compile(r"[0-9]{1,3}")}
_FORM["sengeplasserCampingbil"] = _FORM["sitteplasserNorskGodkjenning"]
_MEANT = {"avgiftsKode": "a code of three digits such as 101"}
_NUMBER = "a whole number such as 5"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A read manifest: rows by file name (`match_key`) and by VIN (upper case), and every fault in it.

    `disputed` are the keys whose rows are faulty or contradict each other.
    """

    by_file: Mapping[str, AvgiftFields] = field(default_factory=dict)
    by_vin: Mapping[str, AvgiftFields] = field(default_factory=dict)
    faults: tuple[ContentRefused, ...] = ()
    disputed: Mapping[str, ContentRefused] = field(default_factory=dict)

    def find(self, name: bytes, vin: str | None) -> AvgiftFields | None:
        """The row of a document, by file name first, then by VIN; None when there is none.

        :raises ContentRefused: a row for it is there, but faulty or contradicted by another
        """
        for key, rows in ((match_key(name), self.by_file), ((vin or "").upper(), self.by_vin)):
            if key and key in self.disputed:
                raise self.disputed[key]
            if key and key in rows:
                return rows[key]
        return None


def parse_sidecar(content: bytes, name: bytes = b"sidecar") -> AvgiftFields:
    """The fields of a sidecar; numbers may be JSON numbers or text, null and unknown fields are left out.

    :raises ContentRefused: no JSON object, or a value of the wrong form
    """
    shown = display_name(name)
    try:
        told = json.loads(_text(content, shown))
    except (json.JSONDecodeError, RecursionError) as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ContentRefused(
            f"{shown} is not JSON{line}; correct it and drop it again.", rule_id="sidecar.json"
        ) from None
    if not isinstance(told, dict):
        raise ContentRefused(
            f'{shown} must be one JSON object such as {{"avgiftsKode": "101"}}.', rule_id="sidecar.json"
        )
    inner = told.get("avgiftsklassifisering", told)
    if not isinstance(inner, dict):
        raise ContentRefused(f"avgiftsklassifisering in {shown} must be a JSON object.", rule_id="sidecar.json")
    found = {name: text for name in FIELDS if (text := _plain(inner.get(name)))}
    for name_of_field, text in found.items():
        if not _FORM[name_of_field].fullmatch(text):
            raise ContentRefused(
                f"{name_of_field} in {shown} is {_quoted(text)}, but must be {_MEANT.get(name_of_field, _NUMBER)}.",
                rule_id="sidecar.value",
            )
    return found


def parse_manifest(content: bytes, name: bytes = b"manifest.csv") -> Manifest:
    """Read a manifest; a bad row is a fault naming line and column, and the good rows still count.

    Comma or semicolon, UTF-8 (with or without BOM) or Windows-1252; the heading names `file` and/or `vin`, and any of
    FIELDS, in any order and case; other columns are left alone. Never raises: a manifest that cannot be read at all is
    one fault.
    """
    shown = display_name(name)
    try:
        text = _text(content, shown)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
        columns = _columns(rows[0] if rows else [], shown)
    except csv.Error:
        return Manifest(faults=(ContentRefused(f"{shown} is not CSV; save it again as CSV.", rule_id="manifest.csv"),))
    except ContentRefused as fault:
        return Manifest(faults=(fault,))
    builder = _Builder(shown)
    for line, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            builder.take(line, {title: row[at].strip() if at < len(row) else "" for title, at in columns.items()})
    return builder.manifest()


class _Builder:
    """Collects rows, and keeps a key whose rows disagree out of both tables."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._tables: dict[str, dict[str, AvgiftFields]] = {"file": {}, "vin": {}}
        self._lines: dict[str, int] = {}
        self._faults: list[ContentRefused] = []
        self._disputed: dict[str, ContentRefused] = {}

    def take(self, line: int, cells: Mapping[str, str]) -> None:
        keys = {"file": match_key(cells.get("file", "").encode()), "vin": cells.get("vin", "").upper()}
        given = {name: cells[name] for name in FIELDS if cells.get(name)}
        fault = self._fault(line, keys, given)
        table = "file" if keys["file"] else "vin"
        key = keys[table]
        if fault is None and self._tables[table].get(key, given) != given:
            fault = ContentRefused(
                f"{self._shown} line {line} contradicts line {self._lines[key]} about {display_name(key.encode())}; "
                "keep the right one.",
                rule_id="manifest.twice",
            )
        if fault is None:
            self._tables[table][key] = given
            self._lines[key] = line
            return
        self._faults.append(fault)
        if key:
            self._disputed[key] = fault

    def _fault(self, line: int, keys: Mapping[str, str], given: AvgiftFields) -> ContentRefused | None:
        if not keys["file"] and not keys["vin"]:
            return ContentRefused(
                f"{self._shown} line {line} names neither a file nor a vin; fill in column file or vin.",
                rule_id="manifest.key",
            )
        for name, text in given.items():
            if not _FORM[name].fullmatch(text):
                return ContentRefused(
                    f"{self._shown} line {line}, column {name}: {_quoted(text)} must be {_MEANT.get(name, _NUMBER)}.",
                    rule_id="manifest.value",
                )
        return None

    def manifest(self) -> Manifest:
        for key in self._disputed:
            self._tables["file"].pop(key, None)
            self._tables["vin"].pop(key, None)
        return Manifest(self._tables["file"], self._tables["vin"], tuple(self._faults[:_MOST_FAULTS]), self._disputed)


def _columns(heading: list[str], shown: str) -> dict[str, int]:
    """Position of each known column.

    :raises ContentRefused: no heading, no key column, or a column twice
    """
    known = {name.casefold(): name for name in ("file", "vin", *FIELDS)}
    titles = [known.get(cell.strip().casefold()) for cell in heading]
    columns = {title: at for at, title in enumerate(titles) if title is not None}
    if "file" not in columns and "vin" not in columns:
        raise ContentRefused(
            f"{shown} line 1 must name the columns: file or vin, then {', '.join(FIELDS)}.", rule_id="manifest.heading"
        )
    if len(columns) != sum(title is not None for title in titles):
        raise ContentRefused(f"{shown} line 1 names a column twice; keep one.", rule_id="manifest.heading")
    return columns


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return ";" if heading.count(";") > heading.count(",") else ","


def _text(content: bytes, shown: str) -> str:
    """UTF-8, or what Excel on Windows saves; Windows-1252 with every byte readable, since it can only err in a name."""
    if len(content) > _LARGEST:
        raise ContentRefused(f"{shown} is larger than {_LARGEST} bytes.", rule_id="content.too_large")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _plain(value: Any) -> str:
    """A JSON value as text: whole numbers and text as they are, nothing for null; anything else fails its form."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else type(value).__name__


def _quoted(text: str) -> str:
    return f"“{display_name(text.encode('utf-8', 'replace'))[:40]}”"
