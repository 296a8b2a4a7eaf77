"""Settling changes whose outcome nobody knows, by evidence or by a named person. Nothing here sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from psycopg.types.json import Jsonb

from include.errors import PersonMustAct
from include.ledger.warehouse import Connection

NO_ANSWER = "No answer was recorded: the task that sent it ended, or lost the ledger, before the answer was written."
State = Literal["ACCEPTED", "REFUSED", "PENDING", "NEEDS_PERSON", "UNKNOWN"]
Choice = Literal["accepted", "refused", "send once more"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
_TARGET: Mapping[str, State] = {"accepted": "ACCEPTED", "refused": "REFUSED", "send once more": "PENDING"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsettledChange:
    """A change whose outcome is unknown. `late` is an answer that was recorded after it had become so."""

    id: int
    version: int
    attempt_no: int
    resends: int
    looks: int
    handling: Literal["OPPRETTE", "AVSLUTTE"]
    kjennemerke: str
    holder_mark: str | None
    sent_at: datetime
    cause: str
    late: Literal["accepted", "refused"] | None
    late_told: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettlement:
    """What becomes of it and why. UNKNOWN stays so and is looked up again after `again_seconds`."""

    state: State
    reason: str
    decided_by: Literal["lookup", "answer"] = "lookup"
    again_seconds: float | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)


def overdue_become_unknown(connection: Connection, party: str) -> int:
    """A SENT row past its `settle_until` becomes UNKNOWN; commits. Returns how many."""
    cursor = connection.execute(
        "UPDATE ledger.leasing_change SET state = 'UNKNOWN', version = version + 1, reason = %s "
        "WHERE party = %s AND state = 'SENT' AND settle_until <= now()",
        (NO_ANSWER, party),
    )
    connection.commit()
    return cursor.rowcount


def due(connection: Connection, party: str, *, after: int, most: int) -> list[UnsettledChange]:
    """The next `most` unknown changes whose time to settle is over, in order of id."""
    rows = connection.execute(_DUE, {"party": party, "after": after, "most": most, "no_answer": NO_ANSWER})
    return [UnsettledChange(**row) for row in rows]


_DUE = """
SELECT c.id, c.version, c.attempt_no, c.resends, c.looks, c.handling, c.kjennemerke, c.holder_mark, c.sent_at,
    coalesce(a.sentence, %(no_answer)s) AS cause,
    CASE WHEN a.outcome IN ('accepted', 'refused') THEN a.outcome END AS late, a.told AS late_told
FROM ledger.leasing_change c
LEFT JOIN LATERAL (SELECT x.outcome, x.sentence, x.told FROM ledger.leasing_attempt x
    WHERE x.change_id = c.id AND x.attempt_no = c.attempt_no ORDER BY x.id DESC LIMIT 1) a ON true
WHERE c.party = %(party)s AND c.state = 'UNKNOWN' AND greatest(c.settle_until, c.look_again_at) <= now()
    AND c.id > %(after)s ORDER BY c.id LIMIT %(most)s
"""


def settle(connection: Connection, one: UnsettledChange, settlement: ChangeSettlement) -> bool:
    """Makes the move and writes the decision; the caller commits. False when somebody else moved the row meanwhile."""
    decided = settlement.state in ("ACCEPTED", "REFUSED")
    cursor = connection.execute(
        _SETTLE,
        {
            "id": one.id,
            "version": one.version,
            "state": settlement.state,
            "reason": None
            if settlement.state == "ACCEPTED" and settlement.decided_by == "answer"
            else settlement.reason,
            "by": settlement.decided_by if decided else None,
            "decided": decided,
            "looks": 1 if settlement.decided_by == "lookup" else 0,
            "resends": 1 if settlement.state == "PENDING" else 0,
            "again": settlement.again_seconds,
            "told": Jsonb(dict(settlement.told)),
        },
    )
    if cursor.rowcount and settlement.state != "UNKNOWN":
        _book(
            connection,
            one.id,
            one.attempt_no,
            settlement.decided_by,
            "UNKNOWN",
            settlement.state,
            settlement.reason,
            settlement.evidence,
        )
    return bool(cursor.rowcount)


_SETTLE = """
UPDATE ledger.leasing_change c SET state = %(state)s, version = version + 1, reason = %(reason)s,
    looks = looks + %(looks)s, resends = resends + %(resends)s,
    look_again_at = now() + make_interval(secs => %(again)s::double precision),
    decided_at = CASE WHEN %(decided)s THEN now() END, decided_by = %(by)s,
    merknader = coalesce(u.t -> 'merknader', c.merknader), kuid = coalesce(u.t ->> 'kuid', c.kuid),
    understellsnummer = coalesce(u.t ->> 'understellsnummer', c.understellsnummer),
    merke = coalesce(u.t ->> 'merke', c.merke), merkekode = coalesce(u.t ->> 'merkekode', c.merkekode)
FROM (SELECT %(told)s::jsonb AS t) u
WHERE c.id = %(id)s AND c.version = %(version)s AND c.state = 'UNKNOWN'
"""


def _book(  # longer list of arguments because every column of the book is one
    connection: Connection,
    change: int,
    attempt_no: int,
    by: str,
    before: str,
    after: str,
    reason: str,
    evidence: Mapping[str, Any],
) -> None:
    connection.execute(
        "INSERT INTO ledger.leasing_decision (change_id, attempt_no, decided_by, from_state, to_state, reason, "
        "evidence) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (change, attempt_no, by, before, after, reason, Jsonb(dict(evidence))),
    )


def decide(connection: Connection, change: int, choice: str, *, by: str, words: str) -> str:
    """A named person settles one change; commits and returns a sentence. Doing the same again changes nothing.

    Raises PersonMustAct, one sentence, when it does not wait for anybody, or the name is no person's.
    """
    name = by.strip()
    if name.lower() in ("", "answer", "lookup") or not words.strip() or choice not in CHOICES:
        raise PersonMustAct(
            "A decision needs the name of a person, one of the three choices, and words; nothing changed."
        )
    row = connection.execute(
        "SELECT party, state, version, attempt_no FROM ledger.leasing_change WHERE id = %s FOR UPDATE", (change,)
    ).fetchone()
    if row is None or row["state"] not in ("UNKNOWN", "NEEDS_PERSON"):
        stands = connection.execute(
            "SELECT FROM ledger.leasing_decision WHERE change_id = %s AND decided_by = %s AND reason = %s",
            (change, name, words),
        ).fetchone()
        connection.rollback()
        if stands is not None:
            return f"Change {change}: this decision stands already; nothing was changed."
        raise PersonMustAct(
            f"Change {change} waits for no decision; the numbers of those that do are in mart.leasing_change (state "
            "UNKNOWN or NEEDS_PERSON)."
        )
    if row["state"] == "UNKNOWN":  # from there the way leads through NEEDS_PERSON: the database takes no other
        connection.execute(
            "UPDATE ledger.leasing_change SET state = 'NEEDS_PERSON', version = version + 1 WHERE id = %s", (change,)
        )
    target = _TARGET[choice]
    connection.execute(
        "UPDATE ledger.leasing_change SET state = %(state)s, version = version + 1, decided_by = %(by)s, "
        "decided_at = CASE WHEN %(state)s <> 'PENDING' THEN now() END, look_again_at = NULL, reason = %(reason)s "
        "WHERE id = %(id)s",
        {"state": target, "by": name, "reason": f"{name} decided by hand: {choice}. {words}", "id": change},
    )
    evidence = {"choice": choice, "version": row["version"]}
    _book(connection, change, row["attempt_no"], name, row["state"], target, words, evidence)
    connection.commit()
    return f"{row['party']}: change {change}: {choice}, decided by {name}"
