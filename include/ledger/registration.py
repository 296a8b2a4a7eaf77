"""The watch over accepted vehicles: which are to be looked up now, and what a look said.

Nothing here sends or moves a submission. Every write may be made twice, and by two tasks side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from include.ledger.vehicles import json_of
from include.ledger.warehouse import Connection

Said = Literal["registered", "not_registered", "absent", "ambiguous", "unreadable"]
Ended = Literal["registered", "too_old"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An accepted submission whose vehicle is to be looked up, with everything that was declared for it.

    `kuid` and `merkekode` are those of the authority's answer; `age_days` counts from the acceptance.
    """

    submission_id: UUID
    document_id: int
    look_at: datetime
    age_days: float
    vin: str
    make: str | None
    type_approval: str | None
    variant: str | None
    version_code: str | None
    avgiftskode: str | None
    kuid: str | None
    merkekode: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the register holds otherwise than it was declared, and what to do about it."""

    kind: str
    declared: str | None
    held: str | None
    sentence: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look said. `differences` None: nothing was read, so what is known stays.

    `again_seconds` is the pause until the next look; `ended` says why there is none.
    """

    said: Said
    again_seconds: float
    vehicle_key: str | None = None
    registered_on: date | None = None
    ended: Ended | None = None
    differences: tuple[Difference, ...] | None = None


def enrol(connection: Connection, party: str | None = None) -> int:
    """Begins the watch over what was accepted since; ends it for what counts no longer. Commits.

    Returns how many began. `party` None: every party. A document without a VIN cannot be watched.
    """
    cursor = connection.execute(_ENROL, {"party": party})
    began = cursor.rowcount
    connection.execute(_END, {"party": party})
    connection.commit()
    return began


# EXCEPT and not NOT EXISTS: on a first night the watch is empty and without statistics, and an anti join would be
# planned as a loop that reads everything inserted so far for each row.
_ENROL = """
WITH fresh AS MATERIALIZED (
    SELECT id FROM ledger.submission WHERE state = 'ACCEPTED' AND operation = 'opprette'
        AND (%(party)s::text IS NULL OR party = %(party)s)
    EXCEPT SELECT submission_id FROM ledger.registration)
INSERT INTO ledger.registration (submission_id, document_id, party, vin, accepted_at, look_at)
SELECT s.id, s.document_id, s.party, d.vin, s.decided_at, now()
FROM fresh f JOIN ledger.submission s ON s.id = f.id JOIN ledger.document d ON d.id = s.document_id
WHERE d.vin IS NOT NULL
ON CONFLICT DO NOTHING
"""
# Deleted at the authority, or a later document of the same party for the same vehicle was accepted.
_END = """
WITH over AS (
    UPDATE ledger.registration r SET ended_at = now(), ended_because = w.because
    FROM (
        SELECT r.submission_id,
               CASE WHEN s.state <> 'ACCEPTED' THEN 'not_accepted' ELSE 'superseded' END AS because
        FROM ledger.registration r
        JOIN ledger.submission s ON s.id = r.submission_id
        WHERE r.ended_at IS NULL AND (%(party)s::text IS NULL OR r.party = %(party)s)
          AND (s.state <> 'ACCEPTED' OR EXISTS (
               SELECT 1 FROM ledger.registration n WHERE n.party = r.party AND n.vin = r.vin
               AND n.ended_because IS DISTINCT FROM 'not_accepted'
               AND (n.accepted_at, n.submission_id) > (r.accepted_at, r.submission_id)))) w
    WHERE r.submission_id = w.submission_id AND r.ended_at IS NULL
    RETURNING r.submission_id)
UPDATE ledger.register_difference x SET cleared_at = now()
FROM over WHERE x.submission_id = over.submission_id AND x.cleared_at IS NULL
"""


def everything_is_due(connection: Connection, parties: Sequence[str]) -> None:
    """A person asked for a look at once: nothing waits for its turn. Commits."""
    connection.execute(
        "UPDATE ledger.registration SET look_at = now() WHERE party = ANY(%s) AND ended_at IS NULL AND look_at > now()",
        (list(parties),),
    )
    connection.commit()


def parties_with_due(connection: Connection) -> list[str]:
    """Parties that have a vehicle to look up now, in order."""
    rows = connection.execute(
        "SELECT p.id FROM ledger.party p WHERE EXISTS (SELECT 1 FROM ledger.registration r "
        "WHERE r.party = p.id AND r.ended_at IS NULL AND r.look_at <= now()) ORDER BY p.id"
    )
    return [str(row["id"]) for row in rows]


def due(
    connection: Connection, party: str, *, until: datetime, after: tuple[datetime, UUID] | None, most: int
) -> list[Watched]:
    """The next `most` to look up, those first that have waited longest. `until` is the moment the round began."""
    at, identity = after or (None, None)
    rows = connection.execute(
        _DUE, {"party": party, "until": until, "after_at": at, "after_id": identity, "most": most}
    ).fetchall()
    return [Watched(**row) for row in rows]


_DUE = """
SELECT r.submission_id, r.document_id, r.look_at, r.vin,
       extract(epoch FROM now() - r.accepted_at)::double precision / 86400 AS age_days,
       d.make, d.type_approval, d.variant, d.version_code, s.avgiftskode, s.kuid, s.merkekode
FROM (SELECT * FROM ledger.registration
      WHERE party = %(party)s AND ended_at IS NULL AND look_at <= %(until)s
        AND (%(after_at)s::timestamptz IS NULL OR (look_at, submission_id) > (%(after_at)s, %(after_id)s::uuid))
      ORDER BY look_at, submission_id LIMIT %(most)s) r
JOIN ledger.submission s ON s.id = r.submission_id
JOIN ledger.document d ON d.id = r.document_id
ORDER BY r.look_at, r.submission_id
"""


def record(connection: Connection, party: str, looks: Sequence[tuple[Watched, Look]]) -> None:
    """Writes what a group of looks said, with the differences found and those that are gone; the caller commits."""
    if not looks:
        return
    rows = [
        {
            "submission_id": str(one.submission_id),
            "said": look.said,
            "again_seconds": look.again_seconds,
            "vehicle_key": look.vehicle_key,
            "registered_on": look.registered_on,
            "ended": look.ended,
            "compared": look.differences is not None,
        }
        for one, look in looks
    ]
    found = [
        {"submission_id": str(one.submission_id), "document_id": one.document_id, **asdict(difference)}
        for one, look in looks
        for difference in look.differences or ()
    ]
    connection.execute(_RECORD, {"rows": json_of(rows), "found": json_of(found)})
    if found:
        connection.execute(_DIFFER, {"party": party, "found": json_of(found)})


_RECORD = """
WITH told AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s) AS u (submission_id uuid, said text, again_seconds double precision,
        vehicle_key text, registered_on date, ended text, compared boolean)),
found AS (SELECT * FROM jsonb_to_recordset(%(found)s) AS u (submission_id uuid, kind text)),
looked AS (
    UPDATE ledger.registration r SET looks = r.looks + 1, looked_at = now(), said = t.said,
        vehicle_key = coalesce(t.vehicle_key, r.vehicle_key),
        registered_on = coalesce(t.registered_on, r.registered_on),
        look_at = now() + make_interval(secs => t.again_seconds),
        ended_at = CASE WHEN t.ended IS NOT NULL THEN now() END, ended_because = t.ended
    FROM told t WHERE r.submission_id = t.submission_id AND r.ended_at IS NULL)
UPDATE ledger.register_difference x SET cleared_at = now()
FROM told t WHERE x.submission_id = t.submission_id AND t.compared AND x.cleared_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM found f WHERE f.submission_id = x.submission_id AND f.kind = x.kind)
"""
_DIFFER = """
INSERT INTO ledger.register_difference AS x
    (submission_id, document_id, party, kind, declared, held, sentence, next_step)
SELECT submission_id, document_id, %(party)s, kind, declared, held, sentence, next_step
FROM jsonb_to_recordset(%(found)s) AS u (submission_id uuid, document_id bigint, kind text, declared text, held text,
    sentence text, next_step text)
WHERE NOT EXISTS (SELECT 1 FROM ledger.registration r WHERE r.submission_id = u.submission_id
                  AND r.ended_because IN ('superseded', 'not_accepted'))
ORDER BY submission_id, kind
ON CONFLICT (submission_id, kind) WHERE cleared_at IS NULL DO UPDATE SET declared = excluded.declared,
    held = excluded.held, sentence = excluded.sentence, next_step = excluded.next_step, seen_at = now()
"""


def waiting(connection: Connection, party: str) -> int:
    """How many vehicles of a party are watched and not yet registered."""
    row = connection.execute(
        "SELECT count(*) AS n FROM ledger.registration WHERE party = %s AND ended_at IS NULL", (party,)
    ).fetchone()
    connection.commit()
    return int(row["n"]) if row else 0
