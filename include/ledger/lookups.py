"""Lookups: which files and forms ask the register something, and how far each has come. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from include.ledger.vehicles import json_of
from include.ledger.warehouse import Connection

Kind = Literal["understellsnummer", "kuid", "kjennemerke", "eier", "row"]
ItemState = Literal["OPEN", "FOUND", "SEVERAL", "ABSENT", "UNREADABLE", "REFUSED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One question that is not filed yet."""

    id: int
    source: Literal["file", "form"]
    state: Literal["SEEN", "OPEN", "DONE", "REFUSED"]
    name: str
    name_bytes: bytes | None
    size: int
    mtime: int
    sha256: str | None
    owner_variable: str | None
    reason: str | None
    waits_because: str | None
    quiet_seconds: float
    waits: bool
    receipt: str | None
    told: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One vehicle that is asked for: where it stands, by what, as of when (None: now), and what came of it."""

    item_no: int
    place: str
    kind: Kind
    asked: str | None
    as_of: datetime | None = None
    state: ItemState = "OPEN"
    why: str | None = None
    sentence: str | None = None
    vehicles: Sequence[dict[str, Any]] = field(default=(), repr=False)
    looked_up_at: datetime | None = None


def observe(connection: Connection, party: str, files: Sequence[tuple[bytes, str, int, int]]) -> None:
    """Notes the files that lie in lookups/ (name as bytes, name as shown, size, mtime) and forgets those that went."""
    rows = [{"name_bytes": raw.hex(), "name": name, "size": size, "mtime": mtime} for raw, name, size, mtime in files]
    connection.execute(_OBSERVE, {"party": party, "rows": json_of(rows)})
    connection.execute(
        "UPDATE ledger.lookup SET state = 'GONE' WHERE party = %s AND source = 'file' AND state = 'SEEN' "
        "AND filed_at IS NULL AND NOT name_bytes = ANY(%s)",
        (party, [raw for raw, *_ in files]),
    )


_OBSERVE = """
INSERT INTO ledger.lookup AS l (party, source, state, name, name_bytes, size, mtime)
SELECT %(party)s, 'file', 'SEEN', name, decode(name_bytes, 'hex'), size, mtime
FROM jsonb_to_recordset(%(rows)s) AS u (name_bytes text, name text, size bigint, mtime bigint)
ORDER BY name_bytes
ON CONFLICT (party, name_bytes) WHERE source = 'file' AND filed_at IS NULL AND state <> 'GONE'
DO UPDATE SET size = excluded.size, mtime = excluded.mtime, stable_since = now()
WHERE l.state = 'SEEN' AND (l.size, l.mtime) <> (excluded.size, excluded.mtime)
"""


def unfinished(connection: Connection, party: str) -> list[Lookup]:
    """Everything of a party that is not filed yet, oldest first. `waits`: it is not to be asked yet."""
    rows = connection.execute(
        "SELECT id, source, state, name, name_bytes, size, mtime, sha256, owner_variable, reason, waits_because, "
        "extract(epoch FROM now() - stable_since)::double precision AS quiet_seconds, "
        "coalesce(ask_again_at > now(), false) AS waits, receipt, told "
        "FROM ledger.lookup WHERE party = %s AND filed_at IS NULL AND state <> 'GONE' ORDER BY id",
        (party,),
    )
    return [
        Lookup(**{**row, "name_bytes": None if row["name_bytes"] is None else bytes(row["name_bytes"])}) for row in rows
    ]


def parties_with_open(connection: Connection) -> list[str]:
    """Parties with a question that can be asked or answered now."""
    rows = connection.execute(
        "SELECT DISTINCT party FROM ledger.lookup WHERE filed_at IS NULL AND state IN ('OPEN', 'DONE', 'REFUSED') "
        "AND (ask_again_at IS NULL OR ask_again_at <= now()) ORDER BY party"
    )
    return [str(row["party"]) for row in rows]


def open_form(
    connection: Connection, party: str, run_id: str, items: Sequence[Item], owner_variable: str | None
) -> int:
    """The question of a form; a run that is cleared gets the same one again. Returns its id."""
    made = connection.execute(
        "INSERT INTO ledger.lookup (party, source, state, name, run_id, owner_variable) "
        "VALUES (%s, 'form', 'OPEN', 'form', %s, %s) ON CONFLICT (party, run_id) WHERE source = 'form' DO NOTHING "
        "RETURNING id",
        (party, run_id, owner_variable),
    ).fetchone()
    if made is not None:
        _insert(connection, int(made["id"]), items)
        return int(made["id"])
    found = connection.execute(
        "SELECT id FROM ledger.lookup WHERE party = %s AND run_id = %s AND source = 'form'", (party, run_id)
    ).fetchone()
    return int(found["id"]) if found else 0


def open_file(connection: Connection, lookup_id: int, sha256: str, items: Sequence[Item]) -> bool:
    """What a file asks for. False when another task read it first."""
    mine = connection.execute(
        "UPDATE ledger.lookup SET state = 'OPEN', sha256 = %s WHERE id = %s AND state = 'SEEN' RETURNING id",
        (sha256, lookup_id),
    ).fetchone()
    if mine is not None:
        _insert(connection, lookup_id, items)
    return mine is not None


def refuse(connection: Connection, lookup_id: int, sha256: str | None, reason: str) -> None:
    """A file that cannot be read at all."""
    connection.execute(
        "UPDATE ledger.lookup SET state = 'REFUSED', sha256 = %s, reason = %s, done_at = now() "
        "WHERE id = %s AND state = 'SEEN'",
        (sha256, reason, lookup_id),
    )


def forget(connection: Connection, lookup_id: int) -> None:
    """The file went, or is still changing: it is noted anew when it is seen again."""
    connection.execute("UPDATE ledger.lookup SET state = 'GONE' WHERE id = %s AND state = 'SEEN'", (lookup_id,))


def _insert(connection: Connection, lookup_id: int, items: Sequence[Item]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY ledger.lookup_item (lookup_id, item_no, place, kind, asked, as_of, state, why, sentence) FROM STDIN"
        ) as copy,
    ):
        for one in items:
            copy.write_row(
                (lookup_id, one.item_no, one.place, one.kind, one.asked, one.as_of, one.state, one.why, one.sentence)
            )


def items(connection: Connection, lookup_id: int, *, after: int, most: int, only_open: bool = False) -> list[Item]:
    """The next `most` items above number `after`."""
    rows = connection.execute(
        "SELECT item_no, place, kind, asked, as_of, state, why, sentence, vehicles, looked_up_at "  # noqa: S608 - constants
        f"FROM ledger.lookup_item WHERE lookup_id = %s AND item_no > %s {'AND state = %s' if only_open else ''} "
        "ORDER BY item_no LIMIT %s",
        (lookup_id, after, *(("OPEN",) if only_open else ()), most),
    )
    return [Item(**row) for row in rows]


def answer(connection: Connection, lookup_id: int, answered: Sequence[Item]) -> None:
    """Writes what became of open items; one that somebody else answered meanwhile stays as it is."""
    connection.execute(_ANSWER, {"lookup_id": lookup_id, "rows": json_of([asdict(one) for one in answered])})


_ANSWER = """
UPDATE ledger.lookup_item i SET state = u.state, why = u.why, sentence = u.sentence, vehicles = u.vehicles,
    looked_up_at = now()
FROM jsonb_to_recordset(%(rows)s) AS u (item_no integer, state text, why text, sentence text, vehicles jsonb)
WHERE i.lookup_id = %(lookup_id)s AND i.item_no = u.item_no AND i.state = 'OPEN'
"""


def put_off(connection: Connection, lookup_id: int, why: str, seconds: float) -> None:
    """The rest of a question is asked later, for this reason."""
    connection.execute(
        "UPDATE ledger.lookup SET ask_again_at = now() + make_interval(secs => %s), waits_because = %s WHERE id = %s",
        (seconds, why, lookup_id),
    )


def done(connection: Connection, lookup_id: int) -> bool:
    """Marks it DONE when nothing of it is open any more; says whether it is."""
    row = connection.execute(
        "UPDATE ledger.lookup l SET state = 'DONE', done_at = now(), ask_again_at = NULL, waits_because = NULL "
        "WHERE id = %s AND state = 'OPEN' AND NOT EXISTS (SELECT 1 FROM ledger.lookup_item i "
        "WHERE i.lookup_id = l.id AND i.state = 'OPEN') RETURNING id",
        (lookup_id,),
    ).fetchone()
    return row is not None


def counts(connection: Connection, lookup_id: int) -> dict[str, int]:
    """Items by state."""
    rows = connection.execute(
        "SELECT state, count(*) AS n FROM ledger.lookup_item WHERE lookup_id = %s GROUP BY state ORDER BY state",
        (lookup_id,),
    )
    return {str(row["state"]): int(row["n"]) for row in rows}


def told(connection: Connection, lookup_id: int, what: str, receipt: str) -> None:
    """The receipt that was just written, and what it told."""
    connection.execute("UPDATE ledger.lookup SET told = %s, receipt = %s WHERE id = %s", (what, receipt, lookup_id))


def filed(connection: Connection, lookup_id: int, filed_as: str | None) -> None:
    """It is over: the file lies there now (None: there was none, or something newer had taken its name)."""
    connection.execute("UPDATE ledger.lookup SET filed_at = now(), filed_as = %s WHERE id = %s", (filed_as, lookup_id))
