"""The receipt of a presentation file: for people (.txt), for spreadsheets (.csv) and for programs (.json).

It is replaced when the state of a row moves on and never contradicted: the same file always gets the same paths. The
.csv has the columns of the templates, so that corrected rows of it can be dropped again.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from include.drop.names import join, name_hash, safe_name
from include.journey.present_texts import ATTENTION, TEXTS, Language, Standing
from include.ledger.presentation_telling import ToldFile, ToldRow
from include.presentation.columns import COLUMNS

VERSION = 1
"""Of the JSON form. Raised when a key changes its meaning or goes away."""
_MOST_LINES = 500
"""Rows that the .txt names one by one; the .csv always has all."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def stem_of(name_bytes: bytes, sha256: str | None) -> str:
    """`<safe name>.<first 12 digits of the hash>`: what every receipt about a presentation file begins with."""
    return f"{safe_name(name_bytes)}.{(sha256 or '')[:12] or name_hash(name_bytes)}"


def standing_of(row: ToldRow) -> Standing:
    """Where a row stands, in the one word that receipts use."""
    if row.verdict in ("bad", "expected"):
        return "bad" if row.verdict == "bad" else "expected"
    if row.verdict == "again":
        return "again"
    if row.state == "ACCEPTED":
        known: dict[str | None, Standing] = {None: "taken", "SUCCESS": "validated", "FAILURE": "failed"}
        return known.get(row.validation, "taken")
    if row.state == "UNKNOWN" and row.arrived:
        return "taken"
    found: dict[str, Standing] = {"PENDING": "not_sent", "REFUSED": "refused", "NEEDS_PERSON": "needs_person"}
    return found.get(row.state or "", "unknown")


def render(
    file: ToldFile,
    rows: Sequence[ToldRow],
    *,
    party_name: str,
    language: Language,
    folder: str,
    timezone: str,
    now: datetime,
) -> list[tuple[bytes, bytes]]:
    """The receipt's files as (path below the login folder, content); everything in UTF-8, the .csv with its mark."""
    stem = stem_of(file.name_bytes, file.sha256)
    if file.state == "DUPLICATE":
        stem += f".duplicate-{file.id}"
    record = _record(file, rows, party_name, language, now)
    local = now.astimezone(ZoneInfo(timezone))
    contents = [
        (".presentation.json", orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)),
        (".presentation.txt", _text(record, language, local).encode()),
    ]
    if rows:
        contents.append((".presentation.csv", _table(record, language).encode("utf-8-sig")))
    return [(join(f"{folder}/receipts", (stem + ending).encode()), content) for ending, content in contents]


def _record(
    file: ToldFile, rows: Sequence[ToldRow], party_name: str, language: Language, now: datetime
) -> dict[str, Any]:
    """The JSON form; its keys are explained in docs/customs-presentation.md."""
    told = [_row(row, language) for row in rows]
    return {
        "receipt_version": VERSION,
        "importer": party_name,
        "file": file.name,
        "sha256": file.sha256,
        "state": file.state.lower(),
        "reason": file.refusal[language] if file.refusal else None,
        "first_file": file.first_name,
        "filed_as": file.filed_as,
        "counts": dict(Counter(str(row["standing"]) for row in told)),
        "rows": told,
        "written_at": now.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _row(row: ToldRow, language: Language) -> dict[str, Any]:
    standing = standing_of(row)
    texts = TEXTS[language]
    faults = [*(row.faults or []), *(row.validation_faults or [])] if row.verdict == "presented" else []
    return {
        "row": row.row_no,
        "standing": standing,
        "says": texts.standing[standing].format(first=row.first_name or ""),
        "given": row.given,
        "requestId": str(row.request_id) if row.request_id else None,
        "corrects": str(row.corrects) if row.corrects else None,
        "sent_at": _iso(row.sent_at) if row.verdict == "presented" else None,
        "validation": row.validation,
        "validated_at": _iso(row.validated_at),
        "faults": [{"path": fault.get("path", ""), "text": fault.get("text", "")} for fault in faults],
        "remarks": [
            {"level": said["level"], "rule_id": said["rule_id"], "field": said["field"], "sentence": said[language]}
            for said in row.remarks
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _text(record: dict[str, Any], language: Language, now: datetime) -> str:
    texts = TEXTS[language]
    lines = [f"{texts.title}: {record['file']}", f"{record['importer']}, {now:%Y-%m-%d %H:%M}", ""]
    if record["reason"]:
        lines += [f"{texts.refused_file} {record['reason']}", ""]
    if record["state"] == "duplicate":
        lines += [texts.duplicate.format(first=record["first_file"] or ""), ""]
    lines += [f"{count:>6}  {texts.counted[standing]}" for standing, count in record["counts"].items()]
    attention = [row for row in record["rows"] if row["standing"] in ATTENTION or row["remarks"]]
    if attention:
        lines += ["", f"{texts.look_at}:", ""]
    for row in attention[:_MOST_LINES]:
        lines += _lines(row, texts.row)
    if len(attention) > _MOST_LINES:
        lines.append(texts.more.format(count=len(attention) - _MOST_LINES))
    if record["filed_as"]:
        lines += ["", f"{texts.filed}: {record['filed_as']}"]
    return "\n".join(lines).rstrip() + "\n"


def _lines(row: dict[str, Any], word: str) -> list[str]:
    """One row for people: what it is about, what became of it, and every reason."""
    about = " ".join(row["given"][name] for name in _SHOWN if row["given"].get(name))
    lines = [f"{word} {row['row']}: {about}".rstrip(), f"    {row['says']}"]
    lines += [f"    - {remark['sentence']}" for remark in row["remarks"]]
    lines += [f"    - Tolletaten: {' '.join(part for part in fault.values() if part)}" for fault in row["faults"]]
    return lines


_SHOWN = ("level", "mrn", "document_type", "document_number", "receptacle", "container")


def _table(record: dict[str, Any], language: Language) -> str:
    """Every row with the columns it was given, then what became of it."""
    texts = TEXTS[language]
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([getattr(column, language) for column in COLUMNS] + list(texts.table))
    for row in record["rows"]:
        reasons = [remark["sentence"] for remark in row["remarks"]]
        reasons += [" ".join(part for part in fault.values() if part) for fault in row["faults"]]
        told = [row["row"], row["standing"], row["says"], " ".join(reasons), row["requestId"] or ""]
        cells = [*(row["given"].get(column.name, "") for column in COLUMNS), *map(str, told)]
        writer.writerow([_guarded(cell) for cell in cells])
    return written.getvalue()


def _guarded(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
