"""The baseline: what the register says about a VIN before its document is sent, stored in the row of the intent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger.sending import FRESH_MINUTES
from include.ledger.warehouse import AsyncConnection

NOTHING = UUID(int=0)
"""Below every row."""


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
    """Stores the answers. A re-send whose vehicle is there by now is called off: it is unknown again, never sent. One
    whose vehicle is not there may be claimed for FRESH_MINUTES; one that could not be asked about waits.

    A re-send keeps the baseline of its first send. Returns how many were called off.
    """
    firsts = [{"id": str(one.id), "said": dict(said)} for one, said in answers if not one.is_resend]
    there = [
        {"id": str(one.id), "version": one.version}
        for one, said in answers
        if one.is_resend and said["said"] == "present"
    ]
    looked = [
        {"id": str(one.id), "absent": said["said"] == "absent", "why": _waits(str(said.get("sentence", "")))}
        for one, said in answers
        if one.is_resend and said["said"] != "present"
    ]
    async with connection.transaction():
        await connection.execute(_CLEAR, (Jsonb(looked),))
        await connection.execute(
            "UPDATE ledger.submission s SET baseline = u.said FROM jsonb_to_recordset(%s) AS u (id uuid, said jsonb) "
            "WHERE s.id = u.id AND s.state = 'PENDING' AND (s.resends = 0 OR s.decided_by IS NOT NULL)",
            (Jsonb(firsts),),
        )
        if not there:
            return 0
        cursor = await connection.execute(_CALL_OFF, (Jsonb(there),))
        return cursor.rowcount


_CLEAR = """
UPDATE ledger.submission s SET cleared_at = CASE WHEN u.absent THEN now() END,
    reason = CASE WHEN u.absent THEN s.reason ELSE u.why END
FROM jsonb_to_recordset(%s) AS u (id uuid, absent boolean, why text)
WHERE s.id = u.id AND s.state = 'PENDING' AND s.resends > 0 AND s.decided_by IS NULL
"""
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
    """The rest of the lot is sent without a baseline: stores why. What was to go out once more by itself waits."""
    await hold_back(connection, party, run_id, lot_no, str(said.get("sentence", "")), after=after)
    await connection.execute(
        "UPDATE ledger.submission SET baseline = %s WHERE party = %s AND run_id = %s AND lot_no = %s "
        "AND state = 'PENDING' AND resends = 0 AND id > %s",
        (Jsonb(dict(said)), party, run_id, lot_no, after),
    )


async def hold_back(
    connection: AsyncConnection, party: str, run_id: str, lot_no: int, why: str, *, after: UUID = NOTHING
) -> None:
    """Says at every re-send of the lot that was not cleared why it waits."""
    await connection.execute(
        "UPDATE ledger.submission SET reason = %s, cleared_at = NULL "  # noqa: S608 - a constant
        f"WHERE party = %s AND run_id = %s AND lot_no = %s AND id > %s AND {_WAITS}",
        (_waits(why), party, run_id, lot_no, after),
    )


async def waiting(connection: AsyncConnection, party: str, run_id: str, lot_no: int) -> int:
    """How many re-sends of the lot wait because nobody could be asked about their vehicles."""
    cursor = await connection.execute(
        f"SELECT count(*) AS n FROM ledger.submission WHERE party = %s AND run_id = %s AND lot_no = %s AND {_WAITS}",  # noqa: S608 - a constant
        (party, run_id, lot_no),
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0


_WAITS = (
    "state = 'PENDING' AND resends > 0 AND decided_by IS NULL "
    f"AND coalesce(cleared_at <= now() - interval '{FRESH_MINUTES} minutes', true)"
)


def _waits(why: str) -> str:
    return (
        "It is to be sent once more, and is not before the register has said that the vehicle is still not there; it "
        f"could not be asked: {why.rstrip('.') or 'it did not answer'}. The importer's next run asks again."
    )
