"""Settling what nobody knows: the rows whose outcome is unknown, and the moves that evidence allows.

Nothing here sends. Every move names the version it read, so a row that somebody else decided meanwhile stays as it is,
and every move leaves a row in `ledger.decision`, in the same statement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger.warehouse import Connection

NO_ANSWER = "No answer was recorded: the task that sent it ended, or lost the ledger, before the answer was written."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """A submission whose outcome is unknown, with what may settle it.

    `cause` is how the last send ended, in a sentence. Of a deletion (`slette`), `kuid` and `merkekode` are those of the
    vehicle that its creation was answered with. `late_outcome` and `late_body` are an answer that was recorded
    after the row had become UNKNOWN: the sender had been asleep.
    """

    id: UUID
    version: int
    attempt_no: int
    resends: int
    looks: int
    sent_at: datetime
    baseline: dict[str, Any] | None
    cause: str
    vin: str | None
    make: str | None
    type_approval: str | None
    variant: str | None
    version_code: str | None
    late_outcome: Literal["accepted", "refused"] | None = None
    late_body: bytes | None = None
    operation: Literal["opprette", "slette"] = "opprette"
    kuid: str | None = None
    merkekode: str | None = None


State = Literal["ACCEPTED", "REFUSED", "PENDING", "NEEDS_PERSON", "UNKNOWN"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What becomes of an unknown outcome, and why. UNKNOWN stays so and is looked up again after `again_seconds`.

    `told` holds what the evidence says of the vehicle, by the names of the ledger's columns.
    """

    state: State
    reason: str
    decided_by: Literal["lookup", "answer"] = "lookup"
    again_seconds: float | None = None
    told: Mapping[str, str | None] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)


_DUE = "state = 'UNKNOWN' AND greatest(settle_until, look_again_at) <= now()"
_OVERDUE = "state = 'SENT' AND settle_until <= now()"


def parties_with_due(connection: Connection) -> list[str]:
    """Parties that have something to settle right now, in order."""
    rows = connection.execute(
        "SELECT DISTINCT party FROM ledger.submission WHERE state IN ('SENT', 'UNKNOWN') "  # noqa: S608 - constants
        f"AND (({_DUE}) OR ({_OVERDUE})) ORDER BY party"
    )
    return [str(row["party"]) for row in rows]


def overdue_become_unknown(connection: Connection, party: str) -> int:
    """A SENT row past its `settle_until` becomes UNKNOWN; commits. Returns how many."""
    cursor = connection.execute(
        "UPDATE ledger.submission SET state = 'UNKNOWN', version = version + 1, reason = %s "  # noqa: S608 - a constant
        f"WHERE party = %s AND {_OVERDUE}",
        (NO_ANSWER, party),
    )
    connection.commit()
    return cursor.rowcount


def due(connection: Connection, party: str, *, after: UUID | None, most: int) -> list[Unsettled]:
    """The next `most` rows to settle with an id above `after`, in order of id."""
    rows = connection.execute(_TO_SETTLE, {"party": party, "after": after, "most": most, "no_answer": NO_ANSWER})
    return [
        Unsettled(**{**row, "late_body": None if row["late_body"] is None else bytes(row["late_body"])}) for row in rows
    ]


# The newest attempt counts: an answer that was recorded for this very send, although too late to move the row.
_TO_SETTLE = f"""
SELECT u.id, u.version, u.operation, t.kuid, t.merkekode, u.attempt_no, u.resends, u.looks, u.sent_at, u.baseline,
       d.vin, d.make, d.type_approval, d.variant, d.version_code, coalesce(a.sentence, %(no_answer)s) AS cause,
       CASE WHEN a.outcome IN ('accepted', 'refused') THEN a.outcome END AS late_outcome,
       CASE WHEN a.outcome IN ('accepted', 'refused') THEN r.body END AS late_body
FROM (SELECT * FROM ledger.submission WHERE party = %(party)s AND {_DUE}
        AND (%(after)s::uuid IS NULL OR id > %(after)s) ORDER BY id LIMIT %(most)s) u
JOIN ledger.document d ON d.id = u.document_id
LEFT JOIN ledger.submission t ON t.id = u.deletes
LEFT JOIN LATERAL (SELECT x.outcome, x.sentence, x.reply_sha256 FROM ledger.attempt x
    WHERE x.submission_id = u.id AND x.attempt_no = u.attempt_no ORDER BY x.id DESC LIMIT 1) a ON true
LEFT JOIN ledger.reply r ON r.sha256 = a.reply_sha256
ORDER BY u.id
"""  # noqa: S608 - constants only


def settle(connection: Connection, settled: Sequence[tuple[Unsettled, Settlement]]) -> Counter[str]:
    """Makes the moves of a group and writes its decisions, in one statement; the caller commits.

    Returns how many rows are in each state now. A row that somebody else moved meanwhile is not among them.
    """
    rows = connection.execute(_SETTLE, {"rows": Jsonb([_row(*one) for one in settled])})
    return Counter(str(row["state"]) for row in rows)


_SETTLE = """
WITH moved AS (
    UPDATE ledger.submission s SET state = u.state, version = s.version + 1, reason = u.reason,
        looks = s.looks + u.looks,
        resends = s.resends + CASE WHEN u.state = 'PENDING' THEN 1 ELSE 0 END,
        look_again_at = now() + make_interval(secs => u.again_seconds),
        decided_at = CASE WHEN u.state IN ('ACCEPTED', 'REFUSED') THEN now() END,
        decided_by = CASE WHEN u.state IN ('ACCEPTED', 'REFUSED') THEN u.decided_by END,
        kuid = coalesce(u.told ->> 'kuid', s.kuid), merkekode = coalesce(u.told ->> 'merkekode', s.merkekode),
        meldingstype = coalesce(u.told ->> 'meldingstype', s.meldingstype),
        meldingskode = coalesce(u.told ->> 'meldingskode', s.meldingskode),
        meldingstekst = coalesce(u.told ->> 'meldingstekst', s.meldingstekst),
        returned_reference = coalesce(u.told ->> 'returned_reference', s.returned_reference),
        authority_time = coalesce(u.told ->> 'authority_time', s.authority_time)
    FROM jsonb_to_recordset(%(rows)s) AS u (id uuid, version integer, state text, reason text, decided_by text,
        looks integer, again_seconds double precision, told jsonb, evidence jsonb)
    WHERE s.id = u.id AND s.version = u.version AND s.state = 'UNKNOWN'
    RETURNING s.id, s.document_id, s.attempt_no, s.state, s.reason, u.decided_by, u.evidence),
written AS (
    INSERT INTO ledger.decision (submission_id, document_id, attempt_no, decided_by, from_state, to_state, reason,
        evidence)
    SELECT id, document_id, attempt_no, decided_by, 'UNKNOWN', state, reason, evidence FROM moved
    WHERE state <> 'UNKNOWN')
SELECT state FROM moved
"""


def _row(one: Unsettled, settlement: Settlement) -> dict[str, object]:
    return {
        "id": str(one.id),
        "version": one.version,
        "state": settlement.state,
        "reason": settlement.reason,
        "decided_by": settlement.decided_by,
        "looks": 1 if settlement.decided_by == "lookup" else 0,
        "again_seconds": settlement.again_seconds,
        "told": dict(settlement.told),
        "evidence": dict(settlement.evidence),
    }


def put_off(connection: Connection, party: str, why: str, seconds: float) -> int:
    """Everything that is due stays UNKNOWN for this reason and is looked up again later; commits. Returns how many."""
    cursor = connection.execute(
        f"UPDATE ledger.submission s SET version = version + 1, reason = %(why)s, "  # noqa: S608 - a constant
        f"look_again_at = now() + make_interval(secs => %(seconds)s) WHERE party = %(party)s AND {_DUE}",
        {"party": party, "why": why, "seconds": seconds},
    )
    connection.commit()
    return cursor.rowcount
