"""The baseline: what the register says about a VIN before its document is sent, stored in the row of the intent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger.warehouse import AsyncConnection

#: A baseline that is not older was asked by an earlier try of the same lot, and is not asked again.
FRESH_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAsk:
    """A PENDING submission whose vehicle the register is asked about.

    `is_resend`: it was sent once already and goes out again by itself. What a person sends once more is not.
    """

    id: UUID
    version: int
    vin: str | None
    is_resend: bool


async def to_ask(
    connection: AsyncConnection, party: str, run_id: str, lot_no: int, *, every: bool, after: UUID, most: int
) -> list[ToAsk]:
    """The lot's next `most` rows above `after`, in the order of the claims: all of them, or re-sends only."""
    cursor = await connection.execute(
        "SELECT u.id, u.version, d.vin, u.resends > 0 AND u.decided_by IS NULL AS is_resend "
        "FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id "
        "WHERE u.party = %(party)s AND u.run_id = %(run)s AND u.lot_no = %(lot)s AND u.state = 'PENDING' "
        "AND u.id > %(after)s AND (u.resends > 0 OR (%(every)s AND NOT coalesce("
        "u.baseline ->> 'said' IN ('absent', 'present') "
        "AND (u.baseline ->> 'asked_at')::timestamptz > now() - make_interval(mins => %(fresh)s), false))) "
        "ORDER BY u.id LIMIT %(most)s",
        {
            "party": party,
            "run": run_id,
            "lot": lot_no,
            "every": every,
            "after": after,
            "most": most,
            "fresh": FRESH_MINUTES,
        },
    )
    return [ToAsk(**row) async for row in cursor]


async def record(connection: AsyncConnection, answers: Sequence[tuple[ToAsk, Mapping[str, Any]]]) -> int:
    """Stores the answers. A re-send whose vehicle is there by now is called off: it is unknown again, never sent.

    A re-send keeps the baseline of its first send. Returns how many were called off.
    """
    firsts = [{"id": str(one.id), "said": dict(said)} for one, said in answers if not one.is_resend]
    there = [
        {"id": str(one.id), "version": one.version}
        for one, said in answers
        if one.is_resend and said["said"] == "present"
    ]
    async with connection.transaction():
        await connection.execute(
            "UPDATE ledger.submission s SET baseline = u.said FROM jsonb_to_recordset(%s) AS u (id uuid, said jsonb) "
            "WHERE s.id = u.id AND s.state = 'PENDING' AND (s.resends = 0 OR s.decided_by IS NOT NULL)",
            (Jsonb(firsts),),
        )
        if not there:
            return 0
        cursor = await connection.execute(_CALL_OFF, (Jsonb(there),))
        return cursor.rowcount


_CALL_OFF = """
WITH moved AS (
    UPDATE ledger.submission s SET state = 'UNKNOWN', version = s.version + 1, look_again_at = NULL,
        reason = 'It was to be sent once more, but the vehicle is in the register by now: it is looked up again.'
    FROM jsonb_to_recordset(%s) AS u (id uuid, version integer)
    WHERE s.id = u.id AND s.version = u.version AND s.state = 'PENDING'
    RETURNING s.id, s.document_id, s.attempt_no, s.reason)
INSERT INTO ledger.decision (submission_id, document_id, attempt_no, decided_by, from_state, to_state, reason)
SELECT id, document_id, attempt_no, 'lookup', 'PENDING', 'UNKNOWN', reason FROM moved
"""


async def not_asked(
    connection: AsyncConnection, party: str, run_id: str, lot_no: int, *, after: UUID, said: Mapping[str, Any]
) -> None:
    """The rest of the lot is sent without a baseline: stores why."""
    await connection.execute(
        "UPDATE ledger.submission SET baseline = %s WHERE party = %s AND run_id = %s AND lot_no = %s "
        "AND state = 'PENDING' AND resends = 0 AND id > %s",
        (Jsonb(dict(said)), party, run_id, lot_no, after),
    )
