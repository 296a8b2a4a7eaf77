"""Intent before, evidence after, for changes of leaseholders: the statements around every send.

Changes of one plate go one after the other, in the order they were asked for: an OPPRETTE waits for the AVSLUTTE in
front of it to be decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from psycopg.types.json import Jsonb

from include.ledger.leasing_intake import LIVE
from include.ledger.sending import SEND_WITHIN
from include.ledger.warehouse import AsyncConnection
from include.outcomes import Outcome
from include.vegvesen.answer import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasingIntent:
    """One claimed change: it may be sent once, by its owner, within SEND_WITHIN. The person is still sealed."""

    id: int
    version: int
    attempt_no: int
    handling: Literal["OPPRETTE", "AVSLUTTE"]
    kjennemerke: str
    sealed: bytes = field(repr=False)


async def claim(
    connection: AsyncConnection, *, party: str, environment: str, owner: str, run_id: str, most: int, settle: timedelta
) -> list[LeasingIntent]:
    """Claims up to `most` pending changes, at most one of each plate, and commits their intents in one statement.

    Nothing is claimed while a stop switch of the authority is set for the party or for all, and nothing that was
    checked for another environment.
    """
    cursor = await connection.execute(
        _CLAIM,
        {
            "party": party,
            "environment": environment,
            "owner": owner,
            "run": run_id,
            "most": most,
            "within": SEND_WITHIN,
            "settle": settle,
        },
    )
    return [LeasingIntent(**{**row, "sealed": bytes(row["sealed"])}) async for row in cursor]


_CLAIM = f"""
WITH claimed AS (
    UPDATE ledger.leasing_change SET state = 'SENT', version = version + 1, attempt_no = attempt_no + 1,
        owner = %(owner)s, run_id = %(run)s, sent_at = clock_timestamp(), send_by = clock_timestamp() + %(within)s,
        settle_until = clock_timestamp() + %(within)s + %(settle)s
    WHERE id IN (
        SELECT c.id FROM ledger.leasing_change c
        WHERE c.party = %(party)s AND c.environment = %(environment)s AND c.state = 'PENDING'
          AND NOT EXISTS (SELECT FROM ledger.leasing_change e WHERE e.party = c.party AND e.kjennemerke = c.kjennemerke
                          AND e.environment = c.environment AND e.id < c.id AND e.state IN {LIVE})
          AND NOT EXISTS (SELECT FROM ledger.stop_switch w WHERE w.authority = 'vegvesen' AND w.party IN ('', c.party))
        ORDER BY c.id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING id, version, attempt_no, handling, kjennemerke)
SELECT c.*, p.sealed FROM claimed c JOIN ledger.leasing_person p ON p.change_id = c.id ORDER BY c.id
"""  # noqa: S608 - a constant

_STATE = {
    Outcome.ACCEPTED: "ACCEPTED",
    Outcome.REFUSED: "REFUSED",
    Outcome.UNKNOWN: "UNKNOWN",
    Outcome.NOT_SENT: "PENDING",
}
FIELDS = ("kuid", "understellsnummer", "merke", "merkekode", "handelsebetegnelse", "forstegang_registrert")
"""What is kept of the vehicle in a reply."""


async def record(
    connection: AsyncConnection,
    owner: str,
    intent: LeasingIntent,
    answer: Answer,
    *,
    request_mark: str,
    told: Mapping[str, Any],
) -> bool:
    """Writes the evidence of one answer and moves its change, in one transaction.

    `told` holds FIELDS and `merknader`. False when somebody else moved the row meanwhile; its evidence is kept.
    """
    values = {
        "id": intent.id,
        "version": intent.version,
        "attempt": intent.attempt_no,
        "owner": owner,
        "started": answer.started_at,
        "ended": answer.ended_at,
        "outcome": str(answer.outcome),
        "status": answer.http_status,
        "error": answer.error_class,
        "sentence": answer.sentence,
        "mark": request_mark,
        "token": answer.token_fingerprint,
        "told": Jsonb(dict(told)),
        "state": _STATE[answer.outcome],
        "decided": answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED),
    }
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute(_ATTEMPT, values)
        await cursor.execute(_MOVE, values)
        return cursor.rowcount == 1


_ATTEMPT = """
INSERT INTO ledger.leasing_attempt (change_id, attempt_no, owner, started_at, ended_at, outcome, http_status,
    error_class, sentence, request_mark, token_fingerprint, told)
VALUES (%(id)s, %(attempt)s, %(owner)s, %(started)s, %(ended)s, %(outcome)s, %(status)s, %(error)s, %(sentence)s,
    %(mark)s, %(token)s, %(told)s)
"""
_MOVE = """
UPDATE ledger.leasing_change c SET state = %(state)s, version = version + 1, http_status = %(status)s,
    decided_at = CASE WHEN %(decided)s THEN now() END, decided_by = CASE WHEN %(decided)s THEN 'answer' END,
    reason = CASE WHEN %(state)s <> 'ACCEPTED' THEN %(sentence)s END,
    merknader = coalesce(u.t -> 'merknader', '[]'), kuid = u.t ->> 'kuid',
    understellsnummer = u.t ->> 'understellsnummer', merke = u.t ->> 'merke', merkekode = u.t ->> 'merkekode',
    handelsebetegnelse = u.t ->> 'handelsebetegnelse', forstegang_registrert = u.t ->> 'forstegang_registrert'
FROM (SELECT %(told)s::jsonb AS t) u
WHERE c.id = %(id)s AND c.version = %(version)s AND c.owner = %(owner)s AND c.state = 'SENT'
"""


async def give_back(connection: AsyncConnection, owner: str, intents: Sequence[LeasingIntent]) -> None:
    """Returns intents whose socket was never opened to PENDING: nothing reached the authority."""
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(
            "UPDATE ledger.leasing_change SET state = 'PENDING', version = version + 1 "
            "WHERE id = %s AND version = %s AND owner = %s AND state = 'SENT'",
            [(intent.id, intent.version, owner) for intent in intents],
        )


async def pending(connection: AsyncConnection, party: str, environment: str) -> int:
    """How many changes wait to be sent and could be: none that stand behind an undecided one of their plate."""
    cursor = await connection.execute(
        "SELECT count(*) AS n FROM ledger.leasing_change c WHERE c.party = %s AND c.environment = %s "  # noqa: S608 - a constant
        "AND c.state = 'PENDING' AND NOT EXISTS (SELECT FROM ledger.leasing_change e WHERE e.party = c.party "
        f"AND e.kjennemerke = c.kjennemerke AND e.environment = c.environment AND e.id < c.id AND e.state IN {LIVE})",
        (party, environment),
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0
