"""Deletions on their way: the claim of one, the evidence of its answer, and the move that follows.

A deletion is a submission of its own (operation `slette`) and has the same life as a creation: the intent is committed
before the socket is written, the evidence after. Nothing is claimed while another operation on the VIN is undecided:
a deletion that arrives late must never meet the vehicle that was created after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger.content import sha256
from include.ledger.sending import SEND_WITHIN
from include.ledger.warehouse import AsyncConnection, Connection
from include.vegvesen.answer import Answer
from include.vegvesen.deletion import Way

State = Literal["PENDING", "ACCEPTED", "REFUSED", "UNKNOWN", "NEEDS_PERSON"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """One claimed deletion: it may be sent once, by its owner, before `send_by` (the warehouse's clock).

    `ways` are how the vehicle can be named and `way_no` the one that is tried now. `unknown_before`: an earlier try of
    this very deletion ended unknown. `seen_since`: the register had the vehicle after that.
    """

    id: UUID
    version: int
    attempt_no: int
    ways: tuple[Way, ...]
    way_no: int
    own_reference: str | None
    returned_reference: str | None
    vin: str | None
    merkekode: str | None
    unknown_before: bool
    seen_since: bool

    @property
    def way(self) -> Way:
        """How the vehicle is named in this try."""
        return self.ways[self.way_no]

    @property
    def reference(self) -> str | None:
        """The reference that this way names."""
        return self.returned_reference if self.way == "returned_reference" else self.own_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What becomes of a deletion after an answer. `is_decision` leaves a row in ledger.decision as well."""

    state: State
    reason: str
    way_no: int
    look_again_seconds: float | None = None
    is_decision: bool = False


async def claim(connection: AsyncConnection, *, party: str, owner: str, settle: timedelta) -> Deletion | None:
    """Claims the party's oldest deletion that may go and commits its intent; None when there is none.

    Nothing is claimed while a stop switch is set, or while another operation on the same VIN is undecided.
    """
    values = {"party": party, "owner": owner, "within": SEND_WITHIN, "settle": settle}
    async with connection.transaction():
        # Two tasks at once would each take the other's deletion of the same VIN for one that was not begun.
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('samsvar.deleting.' || %s))", (party,))
        cursor = await connection.execute(_CLAIM, values)
        row = await cursor.fetchone()
    return None if row is None else Deletion(**{**row, "ways": tuple(row["ways"])})


_BUSY = """
EXISTS (SELECT FROM ledger.document here JOIN ledger.document d ON d.party = here.party AND d.vin = here.vin
        JOIN ledger.submission o ON o.document_id = d.id
        WHERE here.id = u.document_id AND o.id <> u.id AND (o.state IN ('SENT', 'UNKNOWN', 'NEEDS_PERSON')
            OR (o.operation = 'opprette' AND o.state = 'PENDING')))
"""

_CLAIM = f"""
WITH claimed AS (
    UPDATE ledger.submission SET state = 'SENT', version = version + 1, attempt_no = attempt_no + 1, owner = %(owner)s,
        sent_at = clock_timestamp(), send_by = clock_timestamp() + %(within)s,
        settle_until = clock_timestamp() + %(within)s + %(settle)s, look_again_at = NULL,
        way_no = CASE WHEN way_no < cardinality(ways) THEN way_no ELSE 0 END
    WHERE id = (
        SELECT u.id FROM ledger.submission u
        WHERE u.party = %(party)s AND u.operation = 'slette' AND u.state = 'PENDING' AND NOT {_BUSY}
          AND NOT EXISTS (SELECT FROM ledger.stop_switch w
                          WHERE w.authority = u.authority AND w.party IN ('', u.party))
        ORDER BY u.opened_at, u.id LIMIT 1 FOR UPDATE OF u SKIP LOCKED)
    RETURNING *)
SELECT c.id, c.version, c.attempt_no, c.ways, c.way_no, t.ivi_reference AS own_reference, t.returned_reference, d.vin,
    t.merkekode,
    EXISTS (SELECT FROM ledger.attempt a WHERE a.submission_id = c.id AND a.outcome = 'unknown')
        OR EXISTS (SELECT FROM ledger.decision x WHERE x.submission_id = c.id AND x.from_state = 'UNKNOWN')
        AS unknown_before,
    coalesce((SELECT x.evidence ->> 'lookup' = 'found' FROM ledger.decision x
              WHERE x.submission_id = c.id AND x.from_state = 'UNKNOWN' ORDER BY x.id DESC LIMIT 1), false)
        AS seen_since
FROM claimed c JOIN ledger.document d ON d.id = c.document_id JOIN ledger.submission t ON t.id = c.deletes
"""  # noqa: S608 - constants only


async def record(connection: AsyncConnection, owner: str, one: Deletion, answer: Answer, move: Move) -> bool:
    """Writes the evidence of an answer and makes the move, in one transaction.

    False when somebody else moved the row meanwhile; the evidence is kept all the same.
    """
    values = _values(one, answer, move) | {"owner": owner}
    async with connection.transaction():
        if answer.body:
            await connection.execute(_STORE_REPLY, {"sha256": sha256(answer.body), "body": answer.body})
        await connection.execute(_STORE_ATTEMPT, values)
        cursor = await connection.execute(_MOVE, values)
        moved = cursor.rowcount == 1
        if moved and move.is_decision:
            await connection.execute(_STORE_DECISION, values)
    return moved


async def give_back(connection: AsyncConnection, owner: str, one: Deletion) -> None:
    """Returns an intent whose socket was never opened: nothing reached the authority."""
    await connection.execute(
        "UPDATE ledger.submission SET state = 'PENDING', version = version + 1 "
        "WHERE id = %s AND version = %s AND owner = %s AND state = 'SENT'",
        (one.id, one.version, owner),
    )


_STORE_REPLY = "INSERT INTO ledger.reply (sha256, body) VALUES (%(sha256)s, %(body)s) ON CONFLICT DO NOTHING"
_STORE_ATTEMPT = """
INSERT INTO ledger.attempt (owner, ended_at, submission_id, attempt_no, started_at, outcome, http_status, error_class,
    sentence, request_sha256, reply_sha256, token_fingerprint)
VALUES (%(owner)s, %(ended_at)s, %(id)s, %(attempt_no)s, %(started_at)s, %(outcome)s, %(http_status)s, %(error_class)s,
    %(sentence)s, %(request_sha256)s, %(reply_sha256)s, %(token_fingerprint)s)
"""
_MOVE = """
UPDATE ledger.submission SET state = %(state)s, version = version + 1, way_no = %(way_no)s, reason = %(reason)s,
    http_status = %(http_status)s, decided_at = CASE WHEN %(decided)s THEN now() END,
    decided_by = CASE WHEN %(decided)s THEN 'answer' END,
    look_again_at = now() + make_interval(secs => %(again)s), authority_time = %(datoTid)s,
    meldingstype = %(meldingstype)s, meldingskode = %(meldingskode)s, meldingstekst = %(meldingstekst)s,
    returned_reference = %(iviReferanse)s, kuid = %(kuid)s, merkekode = %(merkekode)s, remarks = %(remarks)s
WHERE id = %(id)s AND version = %(version)s AND owner = %(owner)s AND state = 'SENT'
"""
_STORE_DECISION = """
INSERT INTO ledger.decision (submission_id, document_id, attempt_no, decided_by, from_state, to_state, reason, evidence)
SELECT id, document_id, attempt_no, 'answer', 'SENT', state, reason,
    jsonb_build_object('meldingskode', meldingskode, 'ways', ways) FROM ledger.submission WHERE id = %(id)s
"""
_FIELDS = ("datoTid", "meldingstype", "meldingskode", "meldingstekst", "iviReferanse", "kuid", "merkekode")


def _values(one: Deletion, answer: Answer, move: Move) -> dict[str, object]:
    reply = answer.reply
    row: dict[str, object] = {field: getattr(reply, field, None) for field in _FIELDS}
    names = ("started_at", "ended_at", "http_status", "error_class", "sentence", "request_sha256", "token_fingerprint")
    row |= {name: getattr(answer, name) for name in names}
    return row | {
        "id": one.id,
        "version": one.version,
        "attempt_no": one.attempt_no,
        "outcome": str(answer.outcome),
        "reply_sha256": sha256(answer.body) if answer.body else None,
        "remarks": Jsonb([asdict(remark) for remark in reply.remarks] if reply else []),
        "state": move.state,
        "decided": move.state in ("ACCEPTED", "REFUSED"),
        "way_no": move.way_no,
        "reason": move.reason,
        "again": move.look_again_seconds,
    }


async def without_baseline(connection: AsyncConnection, party: str, *, most: int) -> list[tuple[UUID, str | None]]:
    """Pending deletions whose vehicle the register was not asked about yet, with their VIN."""
    cursor = await connection.execute(
        "SELECT u.id, d.vin FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id "
        "WHERE u.party = %s AND u.operation = 'slette' AND u.state = 'PENDING' AND u.attempt_no = 0 "
        "AND u.baseline IS NULL ORDER BY u.opened_at, u.id LIMIT %s",
        (party, most),
    )
    return [(row["id"], row["vin"]) async for row in cursor]


async def store_baselines(connection: AsyncConnection, said: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
    """What the register said about each before its deletion was sent."""
    rows = [{"id": str(identity), "said": dict(told)} for identity, told in said]
    await connection.execute(
        "UPDATE ledger.submission s SET baseline = u.said FROM jsonb_to_recordset(%s) AS u (id uuid, said jsonb) "
        "WHERE s.id = u.id AND s.state = 'PENDING' AND s.attempt_no = 0",
        (Jsonb(rows),),
    )


async def left(connection: AsyncConnection, party: str) -> tuple[int, int]:
    """How many approved deletions are not sent, and how many of these wait for another operation on their VIN."""
    cursor = await connection.execute(
        f"SELECT count(*) AS n, count(*) FILTER (WHERE {_BUSY}) AS busy FROM ledger.submission u "  # noqa: S608 - a constant
        "WHERE u.party = %s AND u.operation = 'slette' AND u.state = 'PENDING'",
        (party,),
    )
    row = await cursor.fetchone()
    return (int(row["n"]), int(row["busy"])) if row else (0, 0)


def parties_with_pending(connection: Connection) -> list[str]:
    """Parties with a deletion that is approved and not sent, in order."""
    rows = connection.execute(
        "SELECT DISTINCT party FROM ledger.submission WHERE operation = 'slette' AND state = 'PENDING' ORDER BY party"
    )
    return [str(row["party"]) for row in rows]
