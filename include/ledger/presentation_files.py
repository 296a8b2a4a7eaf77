"""Presentation files and uses of the form: one row each, from the first sight at the drop to the last receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from psycopg.types.json import Jsonb

from include.ledger.sightings import ListedFile, OpenSighting
from include.ledger.warehouse import Connection, Row

Refusal = Mapping[str, str]
"""Why a whole file was refused: `rule_id`, and the sentence in `nb` and `en`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """A file (or form) whose rows are not opened yet. `sha256` names its bytes in the content store."""

    id: int
    source: Literal["file", "form"]
    name: str
    name_bytes: bytes
    sha256: str
    form: dict[str, Any] | None


def observe(
    connection: Connection, party: str, day: date, files: Sequence[tuple[ListedFile, Refusal | None]]
) -> list[OpenSighting]:
    """Records one listing of the folder and returns the files that are still to be read.

    A file that changed since the last listing starts its quiet period again; one that vanished before it was read is
    WITHDRAWN; one that was read and waits to be filed is left alone. The caller holds the party's lock and commits.
    """
    known = _unfiled(connection, party)
    for file, refusal in files:
        mine = known.get(file.name_bytes, [])
        if any((row["size"], row["mtime"]) == (file.size, file.mtime) for row in mine):
            continue
        growing = next((row["id"] for row in mine if row["state"] == "OPEN"), None)
        if growing is None:
            _insert(connection, party, day, file, refusal)
        else:
            connection.execute(
                "UPDATE ledger.presentation_file SET size = %s, mtime = %s, stable_since = now() WHERE id = %s",
                (file.size, file.mtime, growing),
            )
    listed = {file.name_bytes for file, _ in files}
    gone = [row["id"] for name, rows in known.items() for row in rows if name not in listed and row["state"] == "OPEN"]
    mark_gone(connection, gone)
    return _open(connection, party)


def _unfiled(connection: Connection, party: str) -> dict[bytes, list[Row]]:
    rows = connection.execute(
        "SELECT id, name_bytes, size, mtime, state FROM ledger.presentation_file "
        "WHERE party = %s AND source = 'file' AND filed_at IS NULL AND state <> 'WITHDRAWN'",
        (party,),
    )
    known: dict[bytes, list[Row]] = {}
    for row in rows:
        known.setdefault(bytes(row["name_bytes"]), []).append(row)
    return known


def _insert(connection: Connection, party: str, day: date, file: ListedFile, refusal: Refusal | None) -> None:
    connection.execute(
        "INSERT INTO ledger.presentation_file (party, source, day, name_bytes, name, size, mtime, state, refusal, "
        "leave_in_place) VALUES (%s, 'file', %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(party, day, file.name_bytes, file.name, file.size, file.mtime),
            *("INVALID" if refusal else "OPEN", Jsonb(dict(refusal)) if refusal else None, file.leave_in_place),
        ),
    )


def _open(connection: Connection, party: str) -> list[OpenSighting]:
    rows = connection.execute(
        "SELECT id, name_bytes, name, size, mtime, seen_at AS first_seen_at, stable_since "
        "FROM ledger.presentation_file WHERE party = %s AND filed_at IS NULL AND state = 'OPEN' ORDER BY id",
        (party,),
    )
    return [OpenSighting(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def mark_gone(connection: Connection, files: Sequence[int]) -> None:
    """Records files that were taken away before they were read."""
    connection.execute(
        "UPDATE ledger.presentation_file SET state = 'WITHDRAWN' WHERE id = ANY(%s) AND state = 'OPEN'", (list(files),)
    )


def look_again(connection: Connection, file: int) -> None:
    """The file changed while it was read: its quiet period begins anew."""
    connection.execute("UPDATE ledger.presentation_file SET stable_since = now() WHERE id = %s", (file,))


def take(connection: Connection, party: str, file: int, sha256: str) -> bool:
    """Gives a file that was read its identity. False when the party presented the same bytes before.

    The caller holds the party's lock and commits; the bytes are in the content store already.
    """
    first = connection.execute(
        "SELECT id FROM ledger.presentation_file WHERE party = %s AND sha256 = %s AND source = 'file' "
        "AND state IN ('TAKEN', 'CHECKED')",
        (party, sha256),
    ).fetchone()
    connection.execute(
        "UPDATE ledger.presentation_file SET state = %s, sha256 = %s, duplicate_of = %s "
        "WHERE id = %s AND state = 'OPEN'",
        ("DUPLICATE" if first else "TAKEN", sha256, first["id"] if first else None, file),
    )
    return first is None


def refuse(connection: Connection, file: int, refusal: Refusal, sha256: str | None = None) -> None:
    """Nothing of the file can be presented, and why; the caller commits."""
    connection.execute(
        "UPDATE ledger.presentation_file SET state = 'INVALID', refusal = %s, sha256 = coalesce(%s, sha256) "
        "WHERE id = %s AND state IN ('OPEN', 'TAKEN')",
        (Jsonb(dict(refusal)), sha256, file),
    )


def add_form(connection: Connection, party: str, run_id: str, day: date, sha256: str, form: Mapping[str, Any]) -> bool:
    """Records one use of the trigger form, once per run however often its task is repeated; the caller commits."""
    name = f"form {run_id}"
    cursor = connection.execute(
        "INSERT INTO ledger.presentation_file (party, source, day, name_bytes, name, state, sha256, run_id, form) "
        "VALUES (%s, 'form', %s, %s, %s, 'TAKEN', %s, %s, %s) ON CONFLICT (party, run_id) WHERE source = 'form' "
        "DO NOTHING",
        (party, day, name.encode(), name, sha256, run_id, Jsonb(dict(form))),
    )
    return cursor.rowcount == 1


def to_check(connection: Connection, party: str) -> list[TakenFile]:
    """Files and forms whose rows are not opened yet, the first seen first."""
    rows = connection.execute(
        "SELECT id, source, name, name_bytes, sha256, form FROM ledger.presentation_file "
        "WHERE party = %s AND filed_at IS NULL AND state = 'TAKEN' ORDER BY id",
        (party,),
    )
    return [TakenFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def has_work(connection: Connection, party: str) -> bool:
    """Whether the ledger alone knows of something to check, to send, to tell or to file for the party."""
    row = connection.execute(_HAS_WORK, {"party": party}).fetchone()
    return bool(row and row["found"])


# What arrived and awaits its validation, or waits for a person, is nobody's work here until that changes; what another
# run has on the wire, or what pauses, is none yet.
_HAS_WORK = """
SELECT EXISTS (SELECT FROM ledger.presentation_file WHERE party = %(party)s AND filed_at IS NULL
               AND state <> 'WITHDRAWN' AND NOT (leave_in_place AND told IS NOT DISTINCT FROM state))
    OR EXISTS (SELECT FROM ledger.presentation WHERE party = %(party)s
               AND ((state = 'PENDING' AND coalesce(repeat_at, '-infinity') <= now())
                    OR (state = 'SENT' AND settle_until <= now())
                    OR (state = 'UNKNOWN' AND arrived_at IS NULL AND repeat_at <= now())
                    OR (state = 'UNKNOWN' AND first_sent_at <= now() - interval '1 day')))
    OR EXISTS (SELECT FROM ledger.presentation WHERE party = %(party)s
               AND told IS DISTINCT FROM (state || '/' || coalesce(validation, ''))) AS found
"""
