"""Presenting: the intent before each POST, the evidence after it, and what validation status adds.

The requestId is the key of the row and is committed with it, long before the first POST. A send that ends unknown is
the one send of the house that may be repeated: with the same requestId, since customs takes each only once. "Already
used" after a send of ours that may have arrived proves that it did; without one, a person has to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger.content import sha256
from include.ledger.warehouse import AsyncConnection, Row
from include.outcomes import Outcome
from include.toll.answer import Answer
from include.toll.presentation import Consignment, Level

AUTHORITY = "toll"
#: A claimed intent is on the wire within this time, or its owner drops it.
SEND_WITHIN = timedelta(seconds=10)
#: Unknown for so long after the first send: repeating has not helped, a person looks.
GIVE_UP_AFTER = timedelta(hours=24)
#: Seconds before an unknown one is repeated: this, doubled with every attempt, up to the other.
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 600.0

NO_ANSWER = "No answer was recorded; the same request is sent again, which customs counts once."
ARRIVED = "Customs has the request already, so it arrived; its validation status confirms it."
NOT_OURS = (
    "Customs says that the requestId was used before, although no earlier send of ours can have arrived. Look the "
    "consignment up at customs before it is presented again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One claimed presentation: its owner may send it now, under its requestId."""

    request_id: UUID
    version: int
    attempt_no: int
    consignment: Consignment


async def claim(
    connection: AsyncConnection, *, party: str, environment: str, owner: str, most: int, settle: timedelta
) -> list[Intent]:
    """Claims up to `most` presentations of a party that may be sent now and commits their intents, in one statement.

    Those are what is PENDING, and what is UNKNOWN, has not been proven to have arrived and has paused. `settle` is how
    long after `send_by` an unanswered send stays undecided. Nothing is claimed while a stop switch is set.
    """
    cursor = await connection.execute(
        _CLAIM,
        {
            "party": party,
            "environment": environment,
            "owner": owner,
            "most": most,
            "within": SEND_WITHIN,
            "settle": settle,
        },
    )
    rows = await cursor.fetchall()
    return [_intent(row) for row in sorted(rows, key=lambda row: (row["file_id"], row["row_no"]))]


#: What may be sent now; the index `presentation_undecided` serves it.
SENDABLE = """
    party = %(party)s AND environment = %(environment)s
    AND (state = 'PENDING' OR (state = 'UNKNOWN' AND arrived_at IS NULL)) AND coalesce(repeat_at, '-infinity') <= now()
"""
_CLAIM = f"""
UPDATE ledger.presentation SET state = 'SENT', version = version + 1, attempt_no = attempt_no + 1, owner = %(owner)s,
    first_sent_at = coalesce(first_sent_at, clock_timestamp()), sent_at = clock_timestamp(),
    send_by = clock_timestamp() + %(within)s, settle_until = clock_timestamp() + %(within)s + %(settle)s
WHERE request_id IN (
    SELECT request_id FROM ledger.presentation
    WHERE {SENDABLE}
      AND NOT EXISTS (SELECT FROM ledger.stop_switch w
                      WHERE w.authority = presentation.authority AND w.party IN ('', presentation.party))
    ORDER BY file_id, row_no LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING file_id, row_no, request_id, version, attempt_no, level, office, mrn, document_number, document_type,
    receptacle, container
"""  # noqa: S608 - constants only


async def sendable(connection: AsyncConnection, party: str, environment: str) -> int:
    """How many presentations of the party may be sent now."""
    cursor = await connection.execute(
        f"SELECT count(*) AS n FROM ledger.presentation WHERE {SENDABLE}",  # noqa: S608 - a constant
        {"party": party, "environment": environment},
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0


def _intent(row: Row) -> Intent:
    fields = ("office", "mrn", "document_number", "document_type", "receptacle", "container")
    return Intent(
        request_id=row["request_id"],
        version=row["version"],
        attempt_no=row["attempt_no"],
        consignment=Consignment(level=Level(row["level"]), **{name: row[name] for name in fields}),
    )


async def overdue_become_unknown(connection: AsyncConnection, party: str) -> None:
    """A SENT row past its `settle_until` is UNKNOWN and may be repeated; one unknown for a day waits for a person."""
    await connection.execute(
        "UPDATE ledger.presentation SET state = 'UNKNOWN', version = version + 1, maybe_arrived = true, "
        "repeat_at = now(), reason = %s WHERE party = %s AND state = 'SENT' AND settle_until <= now()",
        (NO_ANSWER, party),
    )
    await connection.execute(
        "UPDATE ledger.presentation SET state = 'NEEDS_PERSON', version = version + 1, "
        "reason = 'Unknown since the first send a day ago: look the consignment up at customs.' "
        "WHERE party = %s AND state = 'UNKNOWN' AND first_sent_at <= now() - %s::interval",
        (party, GIVE_UP_AFTER),
    )


async def record(connection: AsyncConnection, owner: str, answers: Sequence[tuple[Intent, Answer]]) -> int:
    """Writes the evidence of a group of answers and moves their presentations, in one transaction.

    Returns how many rows moved; fewer than given means that somebody else moved a row meanwhile (its evidence is kept).
    """
    if not answers:
        return 0
    replies = [answer.reply for _, answer in answers if answer.reply]
    attempts = [_attempt(intent, answer) for intent, answer in answers]
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute(_STORE_REPLY, ([sha256(reply) for reply in replies], replies))
        await cursor.execute(_STORE_ATTEMPT, (owner, *map(list, zip(*attempts, strict=True))))
        rows = [_move(intent, answer) for intent, answer in answers]
        await cursor.execute(_MOVE, {"owner": owner, "rows": Jsonb(rows), "arrived": ARRIVED, "not_ours": NOT_OURS})
        return cursor.rowcount


async def give_back(connection: AsyncConnection, owner: str, intents: Sequence[Intent]) -> None:
    """Returns intents that were never handed to the client: what never left before is PENDING again."""
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(
            "UPDATE ledger.presentation SET state = CASE WHEN maybe_arrived THEN 'UNKNOWN' ELSE 'PENDING' END, "
            "version = version + 1 WHERE request_id = %s AND version = %s AND owner = %s AND state = 'SENT'",
            [(intent.request_id, intent.version, owner) for intent in intents],
        )


# As in sending.py: kept as long as the newest attempt that brought these bytes; every task takes the rows in one order.
_STORE_REPLY = (
    "INSERT INTO ledger.reply AS r (sha256, body) SELECT DISTINCT * FROM unnest(%s::text[], %s::bytea[]) ORDER BY 1 "
    "ON CONFLICT (sha256) DO UPDATE SET stored_at = excluded.stored_at WHERE r.stored_at < now() - interval '7 days'"
)
_STORE_ATTEMPT = """
INSERT INTO ledger.presentation_attempt (owner, ended_at, request_id, attempt_no, started_at, outcome, already_used,
    http_status, error_class, sentence, correlation_id, request_sha256, reply_sha256, token_fingerprint)
SELECT %s, * FROM unnest(%s::timestamptz[], %s::uuid[], %s::int[], %s::timestamptz[], %s::text[], %s::bool[],
    %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
"""
# `end` is what the answer alone says; what an earlier send may have done decides the rest. A refusal that names nothing
# but the requestId (or nothing) after a send that may have arrived is no verdict on the consignment.
_MOVE = """
WITH told AS (
    SELECT u.*, s.maybe_arrived,
        CASE WHEN u.already_used AND s.validation IS NOT NULL THEN 'ACCEPTED'
             WHEN u.already_used AND s.maybe_arrived THEN 'ARRIVED'
             WHEN u.already_used THEN 'NEEDS_PERSON'
             WHEN u.outcome = 'refused' AND s.maybe_arrived AND NOT u.of_consignment THEN 'UNKNOWN'
             WHEN u.outcome = 'not_sent' AND s.maybe_arrived THEN 'UNKNOWN'
             WHEN u.outcome = 'not_sent' THEN 'PENDING'
             ELSE upper(u.outcome) END AS ends
    FROM jsonb_to_recordset(%(rows)s) AS u (request_id uuid, version integer, outcome text, already_used boolean,
        of_consignment boolean, http_status integer, correlation_id text, faults jsonb, sentence text,
        pause double precision)
    JOIN ledger.presentation s USING (request_id))
UPDATE ledger.presentation s SET
    state = CASE WHEN u.ends = 'ARRIVED' THEN 'UNKNOWN' ELSE u.ends END,
    version = s.version + 1, http_status = u.http_status, correlation_id = coalesce(u.correlation_id, s.correlation_id),
    maybe_arrived = s.maybe_arrived OR u.ends = 'UNKNOWN' AND u.outcome <> 'not_sent',
    arrived_at = CASE WHEN u.ends = 'ARRIVED' THEN now() ELSE s.arrived_at END,
    repeat_at = now() + make_interval(secs => u.pause),
    live = s.live AND u.ends <> 'REFUSED' AND NOT (u.ends = 'ACCEPTED' AND s.validation IS NOT DISTINCT FROM 'FAILURE'),
    decided_at = CASE WHEN u.ends IN ('ACCEPTED', 'REFUSED') THEN now() END,
    decided_by = CASE WHEN u.ends = 'ACCEPTED' AND u.already_used THEN 'validation'
                      WHEN u.ends IN ('ACCEPTED', 'REFUSED') THEN 'answer' END,
    faults = CASE WHEN u.ends = 'ACCEPTED' THEN '[]' ELSE u.faults END,
    reason = CASE u.ends WHEN 'ACCEPTED' THEN NULL WHEN 'ARRIVED' THEN %(arrived)s WHEN 'NEEDS_PERSON' THEN %(not_ours)s
                  ELSE u.sentence END
FROM told u
WHERE s.request_id = u.request_id AND s.version = u.version AND s.owner = %(owner)s AND s.state = 'SENT'
"""


def _attempt(intent: Intent, answer: Answer) -> tuple[object, ...]:
    return (
        answer.ended_at,
        intent.request_id,
        intent.attempt_no,
        answer.started_at,
        str(answer.outcome),
        answer.already_used,
        answer.http_status,
        answer.error_class,
        answer.sentence,
        answer.correlation_id,
        answer.request_sha256,
        sha256(answer.reply) if answer.reply else None,
        answer.token_fingerprint,
    )


def _move(intent: Intent, answer: Answer) -> dict[str, object]:
    return {
        "request_id": str(intent.request_id),
        "version": intent.version,
        "outcome": str(answer.outcome),
        "already_used": answer.already_used,
        "of_consignment": any("requestid" not in fault.path.lower() for fault in answer.faults),
        "http_status": answer.http_status,
        "correlation_id": answer.correlation_id,
        "faults": [asdict(fault) for fault in answer.faults],
        "sentence": answer.sentence,
        "pause": _pause(intent, answer),
    }


def _pause(intent: Intent, answer: Answer) -> float:
    """Seconds until it may be sent again; what certainly never left waits only if somebody asked for it."""
    if answer.outcome is Outcome.NOT_SENT:
        return answer.retry_after or 0.0
    grown = min(FIRST_PAUSE * 2.0 ** (intent.attempt_no - 1), LONGEST_PAUSE)
    return max(grown, answer.retry_after or 0.0)
