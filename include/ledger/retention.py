"""Payloads go when their time is over: the bytes of answers, with a row of proof for each; evidence itself stays."""

from __future__ import annotations

from include.errors import ConfigurationError
from include.ledger.warehouse import Connection

_BATCH = 500
_REMOVE = """
WITH gone AS (
    DELETE FROM ledger.reply WHERE sha256 IN (
        SELECT r.sha256 FROM ledger.reply r
        WHERE r.stored_at < now() - make_interval(months => %(months)s)
          AND NOT EXISTS (SELECT FROM ledger.submission u JOIN ledger.attempt a ON a.submission_id = u.id
                          WHERE u.state IN ('SENT', 'UNKNOWN', 'NEEDS_PERSON') AND a.reply_sha256 = r.sha256)
          AND NOT EXISTS (SELECT FROM ledger.presentation p
                          JOIN ledger.presentation_attempt a ON a.request_id = p.request_id
                          WHERE p.state IN ('SENT', 'UNKNOWN', 'NEEDS_PERSON') AND a.reply_sha256 = r.sha256)
        ORDER BY r.stored_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
    RETURNING sha256, stored_at)
INSERT INTO ledger.payload_removal (kind, sha256, stored_at, keep_months)
SELECT 'reply', sha256, stored_at, %(months)s FROM gone
"""


def months_of(setting: str) -> int:
    """The retention as a number. Raises ConfigurationError for anything but a whole number of months from 1 on."""
    if not setting.isdecimal() or not 1 <= int(setting) <= 1200:
        raise ConfigurationError(
            f"SAMSVAR_RETENTION_MONTHS is {setting!r}: write a whole number of months, such as 12. Nothing was deleted."
        )
    return int(setting)


def remove_old_payloads(connection: Connection, *, months: int) -> int:
    """Deletes answers that nobody was sent for `months` months, in groups, each committed with its proof; how many.

    Answers of what is not decided stay, however old: they may be what settles it.
    """
    removed = 0
    while True:
        cursor = connection.execute(_REMOVE, {"months": months, "batch": _BATCH})
        connection.commit()
        removed += cursor.rowcount
        if cursor.rowcount < 1:
            return removed
