"""The figures that stand first: of a period, and day by day. The workbook and the monthly report show the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql

from include.exports.audience import Audience, Period
from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class Summary:
    """`figures`: name and value. `differences`: kind, number, owner, next step, of what is open. `days`: one row a day:
    day, accepted, refused, invalid, duplicate, unknown, open, acceptance rate, median and p95 minutes to acceptance."""

    totals: dict[str, Any]
    figures: list[tuple[str, Any]]
    differences: list[tuple[str, int, str, str]]
    days: list[tuple[Any, ...]]


_TOTALS = """
SELECT coalesce(sum(files), 0)::int AS files, coalesce(sum(documents), 0)::int AS documents,
    coalesce(sum(accepted), 0)::int AS accepted, coalesce(sum(refused), 0)::int AS refused,
    coalesce(sum(invalid), 0)::int AS invalid, coalesce(sum(duplicate), 0)::int AS duplicate,
    coalesce(sum(unknown), 0)::int AS unknown, coalesce(sum(open), 0)::int AS open, coalesce(sum(sent), 0)::int AS sent,
    coalesce(sum(created), 0)::int AS created, coalesce(sum(registered), 0)::int AS registered,
    count(*) FILTER (WHERE run_due AND runs = 0)::int AS missed_runs
FROM {} WHERE day BETWEEN %(first)s AND %(last)s
"""
_DAYS = """
SELECT d.day::date AS day, coalesce(sum(r.accepted), 0)::int, coalesce(sum(r.refused), 0)::int,
    coalesce(sum(r.invalid), 0)::int, coalesce(sum(r.duplicate), 0)::int, coalesce(sum(r.unknown), 0)::int,
    coalesce(sum(r.open), 0)::int,
    (sum(r.accepted) / nullif(sum(r.accepted) + sum(r.refused), 0))::float8,
    max(p.minutes_to_acceptance_median)::float8, max(p.minutes_to_acceptance_p95)::float8
FROM generate_series(%(first)s::date, least(%(last)s::date, current_date), interval '1 day') AS d (day)
LEFT JOIN {} r ON r.day = d.day::date
LEFT JOIN {} p ON p.day = r.day AND p.importer = r.importer
GROUP BY d.day ORDER BY d.day
"""
_OPEN = """
SELECT kind, count(*)::int AS number, min(owner) AS owner, min(next_step) AS next_step FROM {} WHERE is_open
GROUP BY kind ORDER BY 2 DESC, 1
"""
_NAMES = {
    "files": "Files seen",
    "documents": "Different documents",
    "sent": "Sent",
    "accepted": "Accepted",
    "refused": "Refused",
    "invalid": "Stopped by our checks",
    "duplicate": "Duplicates",
    "unknown": "Outcome unknown",
    "open": "Open",
    "created": "Shown by the register",
    "registered": "Registered",
    "missed_runs": "Runs that did not come",
}


def summarise(connection: Connection, audience: Audience, period: Period) -> Summary:
    """The figures of a period; inside `audience.reading`."""
    account, pace, difference = (
        sql.Identifier(audience.schema, name) for name in ("reconciliation", "ecoc_pace", "difference")
    )
    span: dict[str, date] = {"first": period.first, "last": period.last}
    totals = connection.execute(sql.SQL(_TOTALS).format(account), span).fetchone() or {}
    decided = totals["accepted"] + totals["refused"]
    figures = [(name, totals[key]) for key, name in _NAMES.items()]
    figures.insert(5, ("Acceptance rate", round(totals["accepted"] / decided, 4) if decided else None))
    open_now = connection.execute(sql.SQL(_OPEN).format(difference))
    with connection.cursor(row_factory=_tuples) as cursor:
        days = cursor.execute(sql.SQL(_DAYS).format(account, pace), span).fetchall()
    return Summary(
        totals=totals,
        figures=figures,
        differences=[(row["kind"], row["number"], row["owner"], row["next_step"]) for row in open_now],
        days=days,
    )


def _tuples(cursor: Any) -> Any:
    from psycopg.rows import tuple_row

    return tuple_row(cursor)
