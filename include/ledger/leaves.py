"""What is sealed: the rows of evidence as canonical bytes, streamed day by day.

A leaf is UTF-8 JSON without blanks and with sorted keys; times are UTC with microseconds. Format 1 is fixed for ever: a
column that evidence gains later belongs into a source of another name, so that old seals stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from include.ledger.merkle import leaf_hash
from include.ledger.warehouse import Connection

FORMAT = 1
INSTALLATION = ""
"""The party of what belongs to no party."""
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of evidence: the append-only table it lies in, and the column whose UTC day it is sealed with.

    `recorded` has to be given out by the warehouse (`DEFAULT clock_timestamp()`) and to have an index. `fields` are SQL
    expressions by the leaf's keys over `rows`, which names the table `x`.
    """

    name: str
    table: str
    recorded: str
    party: str
    rows: str
    fields: dict[str, str]


def _time(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def _plain(*columns: str) -> dict[str, str]:
    return {column: f"x.{column}" for column in columns}


#: Evidence of streams that come later is added here: a table with triggers `refuse_change`, and one entry.
SOURCES: tuple[Source, ...] = (
    Source(
        name="attempt",
        table="ledger.attempt",
        recorded="x.recorded_at",
        party=f"coalesce(u.party, '{INSTALLATION}')",
        rows="ledger.attempt x LEFT JOIN ledger.submission u ON u.id = x.submission_id "
        "LEFT JOIN ledger.document d ON d.id = u.document_id",
        fields={
            **_plain("id", "attempt_no", "owner", "outcome", "http_status", "error_class", "sentence"),
            **_plain("request_sha256", "reply_sha256", "token_fingerprint", "submission_id"),
            **{column: _time(f"x.{column}") for column in ("recorded_at", "started_at", "ended_at")},
            **{"operation": "u.operation", "authority": "u.authority", "document_sha256": "d.sha256"},
        },
    ),
    Source(
        name="decision",
        table="ledger.decision",
        recorded="x.decided_at",
        party=f"coalesce(d.party, '{INSTALLATION}')",
        rows="ledger.decision x LEFT JOIN ledger.document d ON d.id = x.document_id",
        fields={
            **_plain("id", "submission_id", "attempt_no", "decided_by", "from_state", "to_state", "reason", "evidence"),
            **{"decided_at": _time("x.decided_at"), "document_sha256": "d.sha256"},
        },
    ),
    Source(
        name="payload_removal",
        table="ledger.payload_removal",
        recorded="x.removed_at",
        party=f"'{INSTALLATION}'",
        rows="ledger.payload_removal x",
        fields={
            **_plain("id", "kind", "sha256", "keep_months"),
            **{column: _time(f"x.{column}") for column in ("removed_at", "stored_at")},
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One row of evidence."""

    party: str
    source: str
    id: int
    hash: bytes


def canonical(content: dict[str, Any]) -> bytes:
    """The bytes that are hashed."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaves_of(connection: Connection, day: date) -> Iterator[Leaf]:
    """Every row recorded on this UTC day, by party, source and id. Reads in batches, within one transaction."""
    from_, until = day_bounds(day)
    with connection.cursor(name="leaves") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_LEAVES.encode(), {"from": from_, "until": until})
        for row in cursor:
            content = {"source": row["source"], **row["leaf"]}
            yield Leaf(row["party"], row["source"], row["id"], leaf_hash(canonical(content)))


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a UTC day and that of the next."""
    begin = datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00")
    return begin, begin + timedelta(days=1)


def first_day(connection: Connection) -> date | None:
    """The UTC day of the oldest evidence of all."""
    oldest = " UNION ALL ".join(
        f"(SELECT min({one.recorded}) AS moment FROM {one.table} x)"  # noqa: S608 - constants
        for one in SOURCES
    )
    row = connection.execute(
        f"SELECT (min(moment) AT TIME ZONE 'UTC')::date AS day FROM ({oldest}) o".encode()  # noqa: S608 - constants
    ).fetchone()
    return row["day"] if row else None


def _select(source: Source) -> str:
    fields = ", ".join(f"'{key}', {expression}" for key, expression in source.fields.items())
    return (
        f"SELECT {source.party} AS party, '{source.name}' AS source, x.id, jsonb_build_object({fields}) AS leaf "  # noqa: S608 - constants
        f"FROM {source.rows} WHERE {source.recorded} >= %(from)s AND {source.recorded} < %(until)s"
    )


# Byte order: the same on every server, whatever language it sorts in.
_LEAVES = (
    f"SELECT * FROM ({' UNION ALL '.join(map(_select, SOURCES))}) leaf "  # noqa: S608 - constants
    'ORDER BY party COLLATE "C", source COLLATE "C", id'
)
