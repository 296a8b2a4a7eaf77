"""Which monthly reports were handed out."""

from __future__ import annotations

from datetime import date

from include.ledger.warehouse import Connection


def handed_out(connection: Connection, month: date) -> dict[str, bool]:
    """Parties whose report of that month (its first day) lies at the drop, and whether it was mailed."""
    rows = connection.execute("SELECT party, mailed_at FROM ledger.report WHERE month = %s", (month,))
    return {row["party"]: row["mailed_at"] is not None for row in rows}


def first_day_seen(connection: Connection, party: str) -> date | None:
    """The first day in the party's account; None when there is none."""
    row = connection.execute("SELECT min(day) AS day FROM ledger.party_day WHERE party = %s", (party,)).fetchone()
    return row["day"] if row else None


def record(connection: Connection, party: str, month: date, sha256: str, *, mailed: bool) -> None:
    """Writes down that a report was handed out; one written again replaces the row. Commits."""
    connection.execute(
        "INSERT INTO ledger.report (party, month, sha256, mailed_at) VALUES (%(party)s, %(month)s, %(sha256)s, "
        "CASE WHEN %(mailed)s THEN now() END) ON CONFLICT (party, month) DO UPDATE SET sha256 = excluded.sha256, "
        "written_at = now(), mailed_at = coalesce(excluded.mailed_at, report.mailed_at)",
        {"party": party, "month": month, "sha256": sha256, "mailed": mailed},
    )
    connection.commit()
