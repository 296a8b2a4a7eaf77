"""Intent before, evidence after: the two statements around every send.

A claim commits the intent (SENT) right before the requests it covers and is never larger than what is put in flight
at once. Evidence is written in groups. Every move names the version it read, so of two processes that believe they
own a row only one can move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger.content import sha256
from include.ledger.warehouse import AsyncConnection
from include.outcomes import Outcome
from include.vegvesen.answer import Answer

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
    file_name: str
    ivi_reference: str | None
    avgiftskode: str | None
    seats: str | None
    camper_beds: str | None
    avgift_source: str
    sent_at: datetime
    send_by: datetime


async def claim(
    connection: AsyncConnection, *, party: str, run_id: str, lot_no: int, owner: str, most: int, settle: timedelta
) -> list[Intent]:
    """Claims up to `most` PENDING submissions of this lot and commits their intents, in one statement.

    `settle` is how long after `send_by` an unanswered send stays undecided. Nothing is claimed while a stop switch
    for the authority (and this party, or all) is set.
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
          AND NOT EXISTS (SELECT FROM ledger.stop_switch w
                          WHERE w.authority = submission.authority AND w.party IN ('', submission.party))
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING *)
SELECT c.id, c.version, c.attempt_no, c.document_id, c.sighting_id, d.sha256, s.name AS file_name, c.ivi_reference,
       c.avgiftskode, c.seats, c.camper_beds, c.avgift_source, c.sent_at, c.send_by
FROM claimed c JOIN ledger.document d ON d.id = c.document_id JOIN ledger.sighting s ON s.id = c.sighting_id
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
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(_STORE_REPLY, [_reply(answer) for _, answer in answers if answer.body])
        await cursor.executemany(_STORE_ATTEMPT, [_attempt(owner, intent, answer) for intent, answer in answers])
        await cursor.executemany(
            _STORE_REMARK, [remark for intent, answer in answers for remark in _remarks(intent, answer)]
        )
        await cursor.executemany(_MOVE, [_move(owner, intent, answer) for intent, answer in answers])
        return cursor.rowcount


async def give_back(connection: AsyncConnection, owner: str, intents: Sequence[Intent]) -> None:
    """Returns intents whose socket was never opened to PENDING: nothing reached the authority."""
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(
            "UPDATE ledger.submission SET state = 'PENDING', version = version + 1 "
            "WHERE id = %s AND version = %s AND owner = %s AND state = 'SENT'",
            [(intent.id, intent.version, owner) for intent in intents],
        )


_STORE_REPLY = "INSERT INTO ledger.reply (sha256, body) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_STORE_ATTEMPT = """
INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome, http_status, error_class,
    sentence, request_sha256, reply_sha256, token_fingerprint)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_STORE_REMARK = """
INSERT INTO ledger.finding (sighting_id, document_id, submission_id, source, rule_id, level, sentence)
VALUES (%s, %s, %s, 'vegvesen', %s, %s, %s)
"""
_MOVE = """
UPDATE ledger.submission SET state = %(state)s, version = version + 1, http_status = %(http_status)s,
    decided_at = CASE WHEN %(decided)s THEN now() END, decided_by = CASE WHEN %(decided)s THEN 'answer' END,
    authority_time = %(datoTid)s, meldingstype = %(meldingstype)s, meldingskode = %(meldingskode)s,
    meldingstekst = %(meldingstekst)s, returned_reference = %(iviReferanse)s, kuid = %(kuid)s,
    merkekode = %(merkekode)s, remarks = %(remarks)s, reason = %(reason)s
WHERE id = %(id)s AND version = %(version)s AND owner = %(owner)s AND state = 'SENT'
"""


def _reply(answer: Answer) -> tuple[str, bytes]:
    return sha256(answer.body), answer.body


def _attempt(owner: str, intent: Intent, answer: Answer) -> tuple[object, ...]:
    return (
        answer.ended_at,
        intent.id,
        intent.attempt_no,
        owner,
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


def _move(owner: str, intent: Intent, answer: Answer) -> dict[str, object]:
    reply = answer.reply
    fields = ("datoTid", "meldingstype", "meldingskode", "meldingstekst", "iviReferanse", "kuid", "merkekode")
    row: dict[str, object] = {field: getattr(reply, field, None) for field in fields}
    return row | {
        "id": intent.id,
        "version": intent.version,
        "owner": owner,
        "state": _STATE[answer.outcome],
        "decided": answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED),
        "http_status": answer.http_status,
        "remarks": Jsonb([asdict(remark) for remark in reply.remarks] if reply else []),
        "reason": None if answer.outcome is Outcome.ACCEPTED else answer.sentence,
    }
