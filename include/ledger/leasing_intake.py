"""Leasing files: seen, waited for, and taken with all their rows in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from include.ledger.warehouse import Connection

LIVE = "('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON')"


@dataclass(frozen=True, slots=True)
class Listed:
    """One name in the folder: `name_bytes` tells it from others, `name` is shown; `mtime` in whole seconds."""

    name_bytes: bytes
    name: str
    size: int
    mtime: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """A file that lies at the drop and is not taken. `ripe`: it has lain unchanged long enough."""

    id: int
    name_bytes: bytes
    name: str
    size: int
    ripe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """One row of a file, as it goes into the ledger. Without `rule_id` it is to be sent."""

    row_no: int
    place: str
    handling: str | None = None
    kjennemerke: str | None = None
    holder_kind: str | None = None
    holder_mark: str | None = None
    organisation_number: str | None = None
    sealed: bytes | None = field(default=None, repr=False)
    rule_id: str | None = None
    reason: str | None = None


def see(connection: Connection, party: str, timezone: str, listed: Sequence[Listed]) -> None:
    """Records what lies there and withdraws what has gone; commits.

    A file that was taken and still waits to be filed is no new one, as long as size and time are the same.
    """
    parameters = {
        "party": party,
        "timezone": timezone,
        "names": [one.name_bytes for one in listed],
        "shown": [one.name for one in listed],
        "sizes": [one.size for one in listed],
        "mtimes": [one.mtime for one in listed],
    }
    connection.execute(_SEE, parameters)
    connection.execute(
        "UPDATE ledger.leasing_file SET state = 'WITHDRAWN', filed_at = now() WHERE party = %(party)s "
        "AND state = 'OPEN' AND NOT name_bytes = ANY(%(names)s::bytea[])",
        parameters,
    )
    connection.commit()


_SEE = """
INSERT INTO ledger.leasing_file AS f (party, source, name_bytes, name, size, mtime, day)
SELECT %(party)s, 'file', u.name_bytes, u.name, u.size, u.mtime, (now() AT TIME ZONE %(timezone)s)::date
FROM unnest(%(names)s::bytea[], %(shown)s::text[], %(sizes)s::bigint[], %(mtimes)s::bigint[])
    AS u (name_bytes, name, size, mtime)
WHERE NOT EXISTS (SELECT FROM ledger.leasing_file t WHERE t.party = %(party)s AND t.name_bytes = u.name_bytes
    AND (t.filed_at IS NULL OR t.leave_in_place) AND t.state IN ('TAKEN', 'INVALID')
    AND t.size = u.size AND t.mtime = u.mtime)
ON CONFLICT (party, name_bytes) WHERE state = 'OPEN' DO UPDATE SET
    stable_since = CASE WHEN (f.size, f.mtime) = (excluded.size, excluded.mtime) THEN f.stable_since ELSE now() END,
    size = excluded.size, mtime = excluded.mtime
"""


def open_files(connection: Connection, party: str, quiet: float) -> list[OpenFile]:
    """Every file that is not taken, in the order it was seen."""
    rows = connection.execute(
        "SELECT id, name_bytes, name, size, stable_since + %s <= now() AS ripe FROM ledger.leasing_file "
        "WHERE party = %s AND state = 'OPEN' ORDER BY id",
        (timedelta(seconds=quiet), party),
    )
    return [OpenFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def still_growing(connection: Connection, file_id: int) -> None:
    """What was read is not as long as what was listed: it waits once more; commits."""
    connection.execute("UPDATE ledger.leasing_file SET stable_since = now(), size = -1 WHERE id = %s", (file_id,))
    connection.commit()


def refuse(connection: Connection, file_id: int, *, rule_id: str, reason: str, mark: str | None, left: bool) -> None:
    """The file as a whole is no table of ours; commits. `left`: it stays where it lies."""
    connection.execute(
        "UPDATE ledger.leasing_file SET state = 'INVALID', rule_id = %s, reason = %s, mark = %s, leave_in_place = %s "
        "WHERE id = %s AND state = 'OPEN'",
        (rule_id, reason, mark, left, file_id),
    )
    connection.commit()


def open_form(connection: Connection, party: str, timezone: str, run_id: str) -> int | None:
    """The entry of one use of the trigger form; None when this run's form was taken already. The caller commits."""
    row = connection.execute(
        "INSERT INTO ledger.leasing_file (party, source, name_bytes, name, day, run_id, filed_at) "
        "VALUES (%s, 'form', %s, 'trigger form', (now() AT TIME ZONE %s)::date, %s, now()) "
        "ON CONFLICT DO NOTHING RETURNING id",
        (party, run_id.encode(), timezone, run_id),
    ).fetchone()
    return int(row["id"]) if row else None


def last_created(connection: Connection, party: str, environment: str, plate: str) -> tuple[str, str, bytes] | None:
    """Kind, mark and sealed person of the newest OPPRETTE of ours for the plate that was not refused and not erased."""
    row = connection.execute(
        "SELECT c.holder_kind, c.holder_mark, p.sealed FROM ledger.leasing_change c "  # noqa: S608 - a constant
        "JOIN ledger.leasing_person p ON p.change_id = c.id WHERE c.party = %s AND c.environment = %s "
        f"AND c.kjennemerke = %s AND c.handling = 'OPPRETTE' AND (c.state = 'ACCEPTED' OR c.state IN {LIVE}) "
        "ORDER BY c.id DESC LIMIT 1",
        (party, environment, plate),
    ).fetchone()
    return (row["holder_kind"], row["holder_mark"], bytes(row["sealed"])) if row else None


def take(
    connection: Connection,
    party: str,
    *,
    file_id: int,
    mark: str,
    rows: Sequence[NewRow],
    environment: str,
    sender: str,
    key_id: str,
) -> bool:
    """Takes a file with its rows; the caller commits. False when another task has taken it.

    A row is DUPLICATE while the same change is on its way, or was the last one made for its plate.
    """
    taken = connection.execute(
        "UPDATE ledger.leasing_file SET state = 'TAKEN', mark = %s, rows = %s WHERE id = %s AND state = 'OPEN'",
        (mark, len(rows), file_id),
    )
    if taken.rowcount != 1:
        return False
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('samsvar.leasing.' || %s))", (party,))
    for row in rows:
        _insert(connection, party, file_id, row, environment, sender, key_id)
    return True


def _insert(
    connection: Connection, party: str, file_id: int, row: NewRow, environment: str, sender: str, key_id: str
) -> None:
    values = {
        "party": party,
        "file": file_id,
        "row": row.row_no,
        "place": row.place,
        "environment": environment,
        "sender": sender,
        "handling": row.handling,
        "plate": row.kjennemerke,
        "kind": row.holder_kind,
        "mark": row.holder_mark,
        "organisation": row.organisation_number,
        "rule": row.rule_id,
        "reason": row.reason,
        "state": "PENDING",
        "same": None,
    }
    if row.rule_id is not None:
        values["state"] = "INVALID"
    else:
        same = connection.execute(_SAME, values).fetchone()
        if same is not None:
            values |= {"state": "DUPLICATE", "same": same["id"], "reason": f"The same change is number {same['id']}."}
    made = connection.execute(_INSERT, values).fetchone()
    if made is not None and values["state"] == "PENDING":
        connection.execute(
            "INSERT INTO ledger.leasing_person (change_id, sealed, key_id) VALUES (%s, %s, %s)",
            (made["id"], row.sealed, key_id),
        )


_SAME = f"""
SELECT id FROM ledger.leasing_change c
WHERE c.party = %(party)s AND c.environment = %(environment)s AND c.kjennemerke = %(plate)s
  AND c.handling = %(handling)s AND c.holder_mark = %(mark)s
  AND (c.state IN {LIVE} OR (c.state = 'ACCEPTED' AND c.id = (
      SELECT max(x.id) FROM ledger.leasing_change x WHERE x.party = %(party)s AND x.environment = %(environment)s
      AND x.kjennemerke = %(plate)s AND (x.state = 'ACCEPTED' OR x.state IN {LIVE}))))
ORDER BY id DESC LIMIT 1
"""  # noqa: S608 - a constant
_INSERT = """
INSERT INTO ledger.leasing_change (party, file_id, row_no, place, environment, sender, handling, kjennemerke,
    holder_kind, holder_mark, organisation_number, state, rule_id, reason, duplicate_of)
VALUES (%(party)s, %(file)s, %(row)s, %(place)s, %(environment)s, %(sender)s, %(handling)s, %(plate)s, %(kind)s,
    %(mark)s, %(organisation)s, %(state)s, %(rule)s, %(reason)s, %(same)s)
RETURNING id
"""
