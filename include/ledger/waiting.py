"""What waits: every document that somebody may have to do something about, with the reason and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One document, deletion or presentation that is not decided.

    `since` is when it was sent, came in, or was asked for. `vin` is what `called` says: a presentation's requestId,
    a change of leaseholder's number.
    """

    party: str
    file_name: str
    sha256: str
    vin: str | None
    state: str
    since: datetime
    reason: str | None
    next_step: str | None
    called: str = "VIN"

    def line(self) -> str:
        """Everything about it on one line."""
        since = self.since.astimezone().strftime("%Y-%m-%d %H:%M")
        head = f"{self.party}  {self.file_name}  {self.called} {self.vin or '-'}  {self.state} since {since}"
        return "  ".join(part for part in (head, _one_line(self.reason), _next(self.next_step)) if part)


def waiting(connection: Connection, party: str | None = None) -> list[Waiting]:
    """Held, unknown, or for a person, and every deletion that is not done; the oldest first.

    A document that is only on its way is not here.
    """
    rows = connection.execute(
        "SELECT importer AS party, file_name, sha256, vin, state, coalesce(sent_at, received_at) AS since, reason, "
        "next_step, 'VIN' AS called FROM mart.ecoc_document WHERE state IN ('SENT', 'UNKNOWN', 'NEEDS_PERSON', 'HELD') "
        "AND (%(party)s::text IS NULL OR importer = %(party)s) UNION ALL "
        "SELECT importer, coalesce(file_name, list_file, '-'), coalesce(sha256, ''), coalesce(vin, asked_for), "
        "'deletion ' || state, coalesce(sent_at, asked_at), reason, next_step, 'VIN' FROM mart.ecoc_deletion "
        "WHERE state IN ('ASKED', 'WAITING', 'PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON') "
        "AND (%(party)s::text IS NULL OR importer = %(party)s) UNION ALL "
        "SELECT importer, file_name || ', row ' || row_no, '', request_id::text, 'presentation ' || state, "
        "coalesce(sent_at, received_at), reason, next_step, 'requestId' FROM mart.customs_presentation "
        "WHERE state IN ('SENT', 'UNKNOWN', 'NEEDS_PERSON') "
        "AND (%(party)s::text IS NULL OR importer = %(party)s) UNION ALL "
        "SELECT importer, file_name || ', ' || place, '', change::text, 'leasing ' || state, "
        "coalesce(sent_at, opened_at), reason, NULL, 'change' FROM mart.leasing_change "
        "WHERE state IN ('SENT', 'UNKNOWN', 'NEEDS_PERSON') "
        "AND (%(party)s::text IS NULL OR importer = %(party)s) ORDER BY since, sha256",
        {"party": party},
    )
    return [Waiting(**row) for row in rows]


def _one_line(text: str | None) -> str:
    """A reason may quote a file name: what would break the line or steer a terminal is shown as a blank."""
    return "".join(sign if sign.isprintable() else " " for sign in text or "").strip()


def _next(text: str | None) -> str:
    return f"→ {text}" if text else ""
