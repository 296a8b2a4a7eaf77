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

from include.ledger.leaf_sources import SOURCES, Source
from include.ledger.merkle import leaf_hash
from include.ledger.warehouse import Connection

FORMAT = 1
_BATCH = 1_000


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
        f"SELECT {source.party} AS party, '{source.name}' AS source, {source.id} AS id, "  # noqa: S608 - constants
        f"jsonb_build_object({fields}) AS leaf "
        f"FROM {source.rows} WHERE {source.recorded} >= %(from)s AND {source.recorded} < %(until)s"
    )


# Byte order: the same on every server, whatever language it sorts in. The leaf itself decides where ids are equal.
_LEAVES = (
    f"SELECT * FROM ({' UNION ALL '.join(map(_select, SOURCES))}) leaf "  # noqa: S608 - constants
    'ORDER BY party COLLATE "C", source COLLATE "C", id, leaf::text COLLATE "C"'
)
