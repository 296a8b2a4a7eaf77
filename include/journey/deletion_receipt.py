"""What an importer reads about deletions: a receipt for each list, and new receipts of deleted documents."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import join, name_hash, safe_name
from include.journey import receipt
from include.journey.deletion_reasons_nb import deletion_reason_nb
from include.journey.receipt_text import one_line
from include.ledger import filing
from include.ledger.deletion_lists import ListToTell
from include.ledger.filing import ToFile
from include.ledger.warehouse import Connection

log = logging.getLogger(__name__)
GROUP = 256
VERSION = 1
"""Of the JSON form. Raised when a key changes its meaning or goes away."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Receipt for the list of deletions",
        "counts": "{rows} rows: {states}.",
        "unreadable": "The list could not be read, and nothing of it is deleted.",
        "ASKED": "waits for our approval",
        "WAITING": "waits for an earlier message about the vehicle",
        "IMPOSSIBLE": "cannot be deleted",
        "DECLINED": "declined by us, not deleted",
        "PENDING": "approved, about to be sent",
        "SENT": "sent, the answer is awaited",
        "UNKNOWN": "sent, the answer did not reach us; do not ask again, a new receipt will come",
        "NEEDS_PERSON": "being looked into by a person; a new receipt will come",
        "REFUSED": "Statens vegvesen did not delete it",
        "DELETED": "deleted",
    },
    "nb": {
        "title": "Kvittering for slettelisten",
        "counts": "{rows} rader: {states}.",
        "unreadable": "Listen kunne ikke leses, og ingenting i den er slettet.",
        "ASKED": "venter på vår godkjenning",
        "WAITING": "venter på en tidligere melding om kjøretøyet",
        "IMPOSSIBLE": "kan ikke slettes",
        "DECLINED": "avslått av oss, ikke slettet",
        "PENDING": "godkjent, sendes snart",
        "SENT": "sendt, svaret ventes",
        "UNKNOWN": "sendt, svaret nådde oss ikke; ikke be om det på nytt, det kommer en ny kvittering",
        "NEEDS_PERSON": "en person ser på saken; det kommer en ny kvittering",
        "REFUSED": "Statens vegvesen slettet det ikke",
        "DELETED": "slettet",
    },
}
#: Where the sentence is meant for the importer; elsewhere it speaks to an operator.
_TOLD = frozenset({"IMPOSSIBLE", "WAITING", "REFUSED", "DECLINED"})


def render(one: ListToTell, party: Party, now: datetime) -> list[tuple[bytes, bytes]]:
    """The receipt's files as (path below the login folder, content): `.json`, `.txt` and `.csv`, all UTF-8."""
    digest = (one.file_sha256 or name_hash(one.name_bytes))[:12]
    stem = join(f"{party.drop}/receipts", f"{safe_name(one.name_bytes)}.{digest}".encode())
    rows = [_row(row) for row in one.rows]
    record = {
        "receipt_version": VERSION,
        "importer": party.name,
        "file": one.name,
        "sha256": one.file_sha256,
        "state": "taken" if one.state == "TAKEN" else "unreadable",
        "reason": one.reason,
        "rows": rows,
        "filed_as": one.filed_as,
        "written_at": now.astimezone(UTC).isoformat(timespec="seconds"),
    }
    return [
        (stem + b".json", orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)),
        (stem + b".txt", _text(one, rows, party).encode("utf-8", "backslashreplace")),
        (stem + b".csv", _table(rows, party).encode("utf-8-sig", "backslashreplace")),
    ]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("row", "asked_for", "state", "vin", "ivi_reference", "kuid", "meldingskode", "meldingstekst")
    return {name: row[name] for name in names} | {"reason": row["sentence"] if row["state"] in _TOLD else None}


def _text(one: ListToTell, rows: list[dict[str, Any]], party: Party) -> str:
    words = _WORDS[party.language]
    title = f"{words['title']} {one_line(one.name)}"
    lines = [title, "=" * len(title), ""]
    if one.state != "TAKEN":
        return "\n".join([*lines, words["unreadable"], "", one_line(_in_language(one.reason or "", party)), ""])
    states = [row["state"] for row in rows]
    found = ", ".join(f"{states.count(state)} {words[state]}" for state in words if state in states)
    lines += [words["counts"].format(rows=len(rows), states=found), ""]
    for row in rows:
        why = f". {one_line(_why(row, party))}" if _why(row, party) else ""
        lines.append(f"{row['row']}  {one_line(row['asked_for'])}: {words[row['state']]}{why}")
    return "\n".join([*lines, ""])


def _why(row: Mapping[str, Any], party: Party) -> str:
    """The authority's own words in Norwegian, where it spoke; our sentence in the party's language otherwise."""
    if row["state"] == "REFUSED" and party.language == "nb" and row["meldingstekst"]:
        return str(row["meldingstekst"])
    return _in_language(str(row["reason"] or ""), party)


def _in_language(reason: str, party: Party) -> str:
    return deletion_reason_nb(reason) if party.language == "nb" else reason


def _table(rows: list[dict[str, Any]], party: Party) -> str:
    """For a spreadsheet: a cell that would count as a formula gets an apostrophe."""
    words = _WORDS[party.language]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(("row", "asked_for", "state", "told", "reason", "vin", "ivi_reference", "kuid", "meldingskode"))
    for row in rows:
        told = (row["row"], row["asked_for"], row["state"], words[row["state"]], _why(row, party))
        cells = (*told, row["vin"], row["ivi_reference"], row["kuid"], row["meldingskode"])
        writer.writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") else text


async def tell_documents(connection: Connection, drop: Drop, party: Party, now: datetime) -> int:
    """Rewrites the receipts of deleted documents; how many. What cannot be written is tried by the next run."""
    count, after = 0, 0
    while items := filing.deleted_to_tell(connection, party.id, after=after, most=GROUP):
        connection.commit()
        after = items[-1].id
        owner: dict[bytes, ToFile] = {}
        files: list[tuple[bytes, bytes]] = []
        for item in items:
            done = receipt.render(item, party_name=party.name, language=party.language, folder=party.drop, now=now)
            files += done
            owner |= {path: item for path, _ in done}
        failed: set[int] = set()
        async for path, problem in drop.write_many(files):
            if problem is not None:
                log.error("The receipt for %s cannot be written: %s", owner[path].name, problem)
                failed.add(owner[path].id)
        told = [item for item in items if item.id not in failed]
        filing.mark_told(connection, told)
        count += len(told)
    connection.commit()
    return count
