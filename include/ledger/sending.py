"""Intent before, evidence after: the two statements around every send.

A claim commits the intent (SENT) right before the requests it covers and is never larger than what is put in flight
at once. Evidence is written in groups. Every move names the version it read, so of two processes that believe they
own a row only one can move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger.content import sha256
from include.ledger.warehouse import AsyncConnection
from include.outcomes import Outcome
from include.vegvesen.answer import Answer

#: What the register said about a vehicle counts so long; then it is asked again.
FRESH_MINUTES = 15
#: A claimed intent must be on the wire within this time, or its owner drops it (reliability: a stopped process).
SEND_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One claimed submission: it may be sent once, by its owner, before `send_by` (the warehouse's clock)."""

    id: UUID
    version: int
    attempt_no: int
    document_id: int
    sighting_id: int
    sha256: str
    ivi_reference: str | None
    avgiftskode: str | None
    seats: str | None
    camper_beds: str | None


async def claim(
    connection: AsyncConnection,
    *,
    party: str,
    run_id: str,
    lot_no: int,
    owner: str,
    most: int,
    settle: timedelta,
    upto: UUID | None = None,
    but: Sequence[UUID] = (),
) -> list[Intent]:
    """Claims up to `most` PENDING submissions of this lot and commits their intents, in one statement.

    `settle` is how long after `send_by` an unanswered send stays undecided. Nothing is claimed while a stop switch
    for the authority (and this party, or all) is set, nothing above `upto`, and none of `but`. What goes out once more
    by itself is claimed only while a lookup is fresh that said that its vehicle is not there.
    """
    cursor = await connection.execute(
        _CLAIM,
        {
            "party": party,
            "run": run_id,
            "lot": lot_no,
            "owner": owner,
            "most": most,
            "within": SEND_WITHIN,
            "settle": settle,
            "upto": upto,
            "but": list(but),
            "fresh": FRESH_MINUTES,
        },
    )
    return [Intent(**row) async for row in cursor]


_CLAIM = """
WITH claimed AS (
    UPDATE ledger.submission SET state = 'SENT', version = version + 1, attempt_no = attempt_no + 1, owner = %(owner)s,
        sent_at = clock_timestamp(), send_by = clock_timestamp() + %(within)s,
        settle_until = clock_timestamp() + %(within)s + %(settle)s
    WHERE id IN (
        SELECT id FROM ledger.submission
        WHERE party = %(party)s AND run_id = %(run)s AND lot_no = %(lot)s AND state = 'PENDING'
          AND operation = 'opprette'
          AND (%(upto)s::uuid IS NULL OR id <= %(upto)s) AND id <> ALL(%(but)s::uuid[])
          AND (resends = 0 OR decided_by IS NOT NULL OR cleared_at > now() - make_interval(mins => %(fresh)s))
          AND NOT EXISTS (SELECT FROM ledger.stop_switch w
                          WHERE w.authority = submission.authority AND w.party IN ('', submission.party))
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING *)
SELECT c.id, c.version, c.attempt_no, c.document_id, c.sighting_id, d.sha256, c.ivi_reference, c.avgiftskode, c.seats,
       c.camper_beds
FROM claimed c JOIN ledger.document d ON d.id = c.document_id
"""

_STATE = {
    Outcome.ACCEPTED: "ACCEPTED",
    Outcome.REFUSED: "REFUSED",
    Outcome.UNKNOWN: "UNKNOWN",
    Outcome.NOT_SENT: "PENDING",
}


async def record(connection: AsyncConnection, owner: str, answers: Sequence[tuple[Intent, Answer]]) -> int:
    """Writes the evidence of a group of answers and moves their submissions, in one transaction.

    Returns how many rows moved; fewer than given means that somebody else moved a row meanwhile (its evidence is kept).
    """
    if not answers:
        return 0
    replies = [answer.body for _, answer in answers if answer.body]
    remarks = [remark for intent, answer in answers for remark in _remarks(intent, answer)]
    attempts = [_attempt(intent, answer) for intent, answer in answers]
    moves = [_move(intent, answer) for intent, answer in answers]
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute(_STORE_REPLY, ([sha256(body) for body in replies], replies))
        await cursor.execute(_STORE_ATTEMPT, (owner, *map(list, zip(*attempts, strict=True))))
        if remarks:
            await cursor.executemany(_STORE_REMARK, remarks)
        await cursor.execute(_MOVE, {"owner": owner, "rows": Jsonb(moves)})
        return cursor.rowcount


async def set_aside(connection: AsyncConnection, owner: str, intent: Intent, reason: str) -> None:
    """Returns one intent that cannot be put on the wire to PENDING, with the reason. One statement: others may be under
    way on this connection.
    """
    await connection.execute(
        "UPDATE ledger.submission SET state = 'PENDING', version = version + 1, reason = %s "
        "WHERE id = %s AND version = %s AND owner = %s AND state = 'SENT'",
        (reason, intent.id, intent.version, owner),
    )


async def give_back(connection: AsyncConnection, owner: str, intents: Sequence[Intent]) -> None:
    """Returns intents whose socket was never opened to PENDING: nothing reached the authority."""
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(
            "UPDATE ledger.submission SET state = 'PENDING', version = version + 1 "
            "WHERE id = %s AND version = %s AND owner = %s AND state = 'SENT'",
            [(intent.id, intent.version, owner) for intent in intents],
        )


# The same bytes again, such as a gateway's error page, are kept as long as the newest attempt that brought them.
# DISTINCT: one statement may touch a row only once. ORDER BY: two tasks take the same rows in the same order.
_STORE_REPLY = (
    "INSERT INTO ledger.reply AS r (sha256, body) SELECT DISTINCT * FROM unnest(%s::text[], %s::bytea[]) ORDER BY 1 "
    "ON CONFLICT (sha256) DO UPDATE SET stored_at = excluded.stored_at WHERE r.stored_at < now() - interval '7 days'"
)
_STORE_ATTEMPT = """
INSERT INTO ledger.attempt (owner, ended_at, submission_id, attempt_no, started_at, outcome, http_status, error_class,
    sentence, request_sha256, reply_sha256, token_fingerprint)
SELECT %s, * FROM unnest(%s::timestamptz[], %s::uuid[], %s::int[], %s::timestamptz[], %s::text[], %s::int[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[])
"""
_STORE_REMARK = """
INSERT INTO ledger.finding (sighting_id, document_id, submission_id, source, rule_id, level, sentence)
VALUES (%s, %s, %s, 'vegvesen', %s, %s, %s)
"""
_MOVE = """
UPDATE ledger.submission s SET state = u.state, version = s.version + 1, http_status = u.http_status,
    decided_at = CASE WHEN u.decided THEN now() END, decided_by = CASE WHEN u.decided THEN 'answer' END,
    authority_time = u."datoTid", meldingstype = u.meldingstype, meldingskode = u.meldingskode,
    meldingstekst = u.meldingstekst, returned_reference = u."iviReferanse", kuid = u.kuid,
    merkekode = u.merkekode, remarks = u.remarks, reason = u.reason
FROM jsonb_to_recordset(%(rows)s) AS u (id uuid, version integer, state text, http_status integer, decided boolean,
    "datoTid" text, meldingstype text, meldingskode text, meldingstekst text, "iviReferanse" text, kuid text,
    merkekode text, remarks jsonb, reason text)
WHERE s.id = u.id AND s.version = u.version AND s.owner = %(owner)s AND s.state = 'SENT'
"""


def _attempt(intent: Intent, answer: Answer) -> tuple[object, ...]:
    return (
        answer.ended_at,
        intent.id,
        intent.attempt_no,
        answer.started_at,
        str(answer.outcome),
        answer.http_status,
        answer.error_class,
        answer.sentence,
        answer.request_sha256,
        sha256(answer.body) if answer.body else None,
        answer.token_fingerprint,
    )


def _remarks(intent: Intent, answer: Answer) -> list[tuple[object, ...]]:
    remarks = answer.reply.remarks if answer.reply else ()
    return [
        (
            intent.sighting_id,
            intent.document_id,
            intent.id,
            remark.feltreferanse or "vegvesen.remark",
            "error" if remark.meldingsklasse == "FEIL" else "warning",
            remark.melding or "",
        )
        for remark in remarks
    ]


def _move(intent: Intent, answer: Answer) -> dict[str, object]:
    reply = answer.reply
    fields = ("datoTid", "meldingstype", "meldingskode", "meldingstekst", "iviReferanse", "kuid", "merkekode")
    row: dict[str, object] = {field: getattr(reply, field, None) for field in fields}
    return row | {
        "id": str(intent.id),
        "version": intent.version,
        "state": _STATE[answer.outcome],
        "decided": answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED),
        "http_status": answer.http_status,
        "remarks": [asdict(remark) for remark in reply.remarks] if reply else [],
        "reason": None if answer.outcome is Outcome.ACCEPTED else answer.sentence,
    }
