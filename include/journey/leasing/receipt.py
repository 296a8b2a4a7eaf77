"""The receipt of a leasing file: every row by its place, what became of it, and what to do. No number, no name."""

from __future__ import annotations

from typing import Any

import orjson

from include.config.party import Party
from include.drop.names import safe_name
from include.leasing.words import NEXT_STEPS, ROW_REASONS
from include.ledger.leasing_filing import LeasingFile

_HEAD = {"nb": "Kvittering for leasingfil", "en": "Receipt for a leasing file"}
_LINE = {"nb": ("Fil", "Mottatt av", "Hele filen er avvist"), "en": ("File", "Taken for", "The whole file is refused")}
_STATES = {
    "ACCEPTED": ("godtatt", "accepted"),
    "REFUSED": ("avvist", "refused"),
    "INVALID": ("feil i raden", "bad row"),
    "DUPLICATE": ("duplikat", "duplicate"),
    "PENDING": ("venter", "waiting"),
    "SENT": ("sendt", "sent"),
    "UNKNOWN": ("ukjent utfall", "unknown outcome"),
    "NEEDS_PERSON": ("avklares av en person", "for a person"),
}


def render(file: LeasingFile, party: Party) -> list[tuple[bytes, bytes]]:
    """The JSON and the text receipt with their paths below the login folder."""
    at = 0 if party.language == "nb" else 1
    stem = f"{party.drop}/receipts/{_stem(file)}"
    content: dict[str, Any] = {
        "kind": "leasing",
        "file": file.name,
        "state": file.state,
        "reason": _whole(file),
        "rows": [_row(change, at) for change in file.changes],
    }
    lines = [
        _HEAD[party.language],
        f"{_LINE[party.language][0]}: {file.name}",
        f"{_LINE[party.language][1]}: {party.name}",
    ]
    if file.is_bad:
        lines += ["", f"{_LINE[party.language][2]}: {file.reason}"]
    lines += ["", *(_text(row) for row in content["rows"])]
    return [
        (f"{stem}.json".encode(), orjson.dumps(content, option=orjson.OPT_INDENT_2)),
        (f"{stem}.txt".encode(), ("\n".join(lines) + "\n").encode()),
    ]


def _stem(file: LeasingFile) -> str:
    """By the keyed hash of the content: a plain one of a file with one number in it could be guessed."""
    shown = "form" if file.source == "form" else safe_name(file.name.encode())
    return f"{shown}.{(file.mark or f'{file.id:012}')[:12]}"


def _whole(file: LeasingFile) -> str | None:
    return file.reason if file.is_bad else None


def _row(change: dict[str, Any], at: int) -> dict[str, Any]:
    state = str(change["state"])
    codes = [remark["kode"] for remark in change["merknader"]]
    return {
        "place": change["place"],
        "change": change["id"],
        "handling": change["handling"],
        "kjennemerke": change["kjennemerke"],
        "state": state,
        "state_text": _STATES[state][at],
        "codes": codes,
        "reason": _reason(change, at),
        "understellsnummer": change["understellsnummer"],
        "next_step": NEXT_STEPS[state][at],
    }


def _reason(change: dict[str, Any], at: int) -> str | None:
    if change["rule_id"] in ROW_REASONS:
        return ROW_REASONS[change["rule_id"]][at]
    return None if change["state"] in ("ACCEPTED", "DUPLICATE") else change["reason"]


def _text(row: dict[str, Any]) -> str:
    codes = f" ({', '.join(row['codes'])})" if row["codes"] else ""
    what = " ".join(part for part in (row["handling"], row["kjennemerke"]) if part)
    reason = f" {row['reason']}" if row["reason"] else ""
    return f"{row['place']}: {what or '-'}: {row['state_text']}{codes}.{reason} {row['next_step']}"
