"""The reconciliation's own book: runs that ended, days that were looked at, differences found and gone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from include.ledger.differences import Kind, kinds
from include.ledger.warehouse import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = 7_267_828  # any constant: two reconciliations at once wait for each other
#: After a pause longer than this the days before are only looked at where something is still open or was decided.
LONGEST_GAP = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one kind of difference came to: how many are open, how many of them are new, how many are gone."""

    kind: str
    open: int
    new: int
    cleared: int


def record_run(
    connection: Connection, party: str, stream: str, run_id: str, *, day: date, summary: str, problems: Sequence[str]
) -> None:
    """Writes down that a run came to its end; a run that ends again (a cleared task) replaces its row. Commits."""
    connection.execute(
        "INSERT INTO ledger.party_run (party, stream, run_id, day, summary, problems) VALUES (%s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (party, stream, run_id) DO UPDATE SET ended_at = now(), summary = excluded.summary, "
        "problems = excluded.problems",
        (party, stream, run_id, day, summary, list(problems)),
    )
    connection.commit()


@contextmanager
def at_one_moment(connection: Connection) -> Iterator[None]:
    """Everything inside sees one moment, and no other reconciliation is at work meanwhile; commits at its end."""
    connection.commit()
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    connection.commit()
    try:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
        connection.commit()
    finally:
        connection.rollback()
        connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
        connection.commit()


def last_checked(connection: Connection) -> datetime | None:
    """When a reconciliation last came to its end; None: never."""
    row = connection.execute("SELECT max(checked_at) AS at FROM ledger.party_day").fetchone()
    return row["at"] if row else None


def known_since(connection: Connection) -> dict[str, date]:
    """The day (UTC) on which the reconciliation first looked at each party. No run was due until after it."""
    rows = connection.execute(
        "SELECT party, min((first_checked_at AT TIME ZONE 'UTC')::date) AS day FROM ledger.party_day GROUP BY party"
    )
    return {row["party"]: row["day"] for row in rows}


def all_parties(connection: Connection) -> list[str]:
    """Every party the ledger has met, configured or not."""
    return [row["id"] for row in connection.execute("SELECT id FROM ledger.party ORDER BY id")]


def touched_days(connection: Connection, since: datetime) -> set[date]:
    """Days of files that came, were sent or were decided since then, are not filed away, or have an open difference."""
    rows = connection.execute(
        "SELECT DISTINCT day FROM ledger.sighting WHERE first_seen_at >= %(since)s "
        "UNION SELECT s.day FROM ledger.submission u JOIN ledger.sighting s ON s.id = u.sighting_id "
        "WHERE u.decided_at >= %(since)s "
        "UNION SELECT day FROM ledger.sighting WHERE filed_at IS NULL AND state NOT IN ('WITHDRAWN') "
        "UNION SELECT day FROM ledger.party_run WHERE ended_at >= %(since)s "
        "UNION SELECT day FROM ledger.difference WHERE cleared_at IS NULL",
        {"since": since},
    )
    return {row["day"] for row in rows}


def record_days(connection: Connection, days: Sequence[tuple[str, date, bool]]) -> None:
    """Writes down that these days of these parties were looked at, and whether a run was due."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger.party_day (party, day, due) VALUES (%s, %s, %s) "
            "ON CONFLICT (party, day) DO UPDATE SET due = party_day.due OR excluded.due, checked_at = now()",
            days,
        )


def find_differences(connection: Connection, days: Sequence[date], parties: Sequence[str]) -> list[Tally]:
    """Looks for every kind, records what is new and clears what is gone. The caller commits."""
    return [_find(connection, kind, list(days), list(parties)) for kind in kinds()]


def _find(connection: Connection, kind: Kind, days: list[date], parties: list[str]) -> Tally:
    values = {
        "days": days,
        "parties": parties,
        "kind": kind.name,
        "owner": kind.owner,
        "next_step": kind.next_step,
        "breaks": kind.breaks_invariant,
        "of_days": kind.of_days,
    }
    connection.execute("DROP TABLE IF EXISTS pg_temp.found")
    connection.execute(f"CREATE TEMP TABLE found ON COMMIT DROP AS {kind.query}".encode(), values)
    written = connection.execute(_WRITE, values)
    new = sum(row["is_new"] for row in written)
    cleared = connection.execute(_CLEAR, values).rowcount
    row = connection.execute(
        "SELECT count(*) AS n FROM ledger.difference WHERE kind = %(kind)s AND cleared_at IS NULL", values
    ).fetchone()
    return Tally(kind.name, int(row["n"]) if row else 0, int(new), cleared)


_WRITE = """
INSERT INTO ledger.difference AS d (party, day, kind, subject, sentence, owner, next_step, breaks_invariant,
    document_id, since)
SELECT DISTINCT ON (party, subject) party, day, %(kind)s, subject, sentence, %(owner)s, %(next_step)s, %(breaks)s,
    document_id, since FROM pg_temp.found ORDER BY party, subject, since
ON CONFLICT (party, kind, subject) WHERE cleared_at IS NULL
DO UPDATE SET sentence = excluded.sentence, owner = excluded.owner, next_step = excluded.next_step,
    breaks_invariant = excluded.breaks_invariant, confirmed_at = now()
RETURNING (xmax = 0) AS is_new
"""
_CLEAR = """
UPDATE ledger.difference d SET cleared_at = now()
WHERE d.kind = %(kind)s AND d.cleared_at IS NULL AND (NOT %(of_days)s OR d.day = ANY(%(days)s))
  AND NOT EXISTS (SELECT FROM pg_temp.found f WHERE f.party = d.party AND f.subject = d.subject)
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that contradicts what must always hold."""

    party: str
    day: date
    subject: str
    sentence: str


def broken_rows(connection: Connection, kind: str, most: int) -> tuple[int, list[Broken]]:
    """How many open rows of a kind there are, and the first of them, the oldest first."""
    rows = connection.execute(
        "SELECT party, day, subject, sentence, count(*) OVER () AS n FROM ledger.difference "
        "WHERE kind = %s AND cleared_at IS NULL ORDER BY since, id LIMIT %s",
        (kind, most),
    ).fetchall()
    found = [Broken(row["party"], row["day"], row["subject"], row["sentence"]) for row in rows]
    return (int(rows[0]["n"]) if rows else 0), found
