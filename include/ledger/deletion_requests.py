"""What is asked to be deleted: matched with what was accepted, offered for approval, approved or declined.

A request says how somebody names a vehicle. Which accepted document that is, and whether it may be deleted now, is
looked at when the request comes, and once more in the transaction that approves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from include.ledger import revisions
from include.ledger.deletion_matching import Match, match_all
from include.ledger.warehouse import Connection

#: A request that was offered to a person is offered again when nobody answered for so long (the run has ended by then).
OFFER_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One row of a form or list: a reference or VIN, and where one VIN has several makes, the code of the make.

    `vin` is the one given beside a reference. `fault` is why the row cannot be read.
    """

    row_no: int
    key: str
    reason: str
    vin: str | None = None
    merkekode: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A request that waits for a person, with what the person has to see."""

    id: int
    key: str
    reason: str
    source: str
    asked_by: str
    vin: str | None
    file_name: str
    accepted_at: str


def ask(
    connection: Connection,
    party: str,
    wishes: Iterable[Wish],
    *,
    asked_by: str,
    run_id: str | None = None,
    list_id: int | None = None,
) -> int:
    """Writes the rows of a form (`run_id`) or list (`list_id`) down; the caller commits. Twice adds nothing."""
    source = "form" if list_id is None else "list"
    rows = [
        {
            "row_no": wish.row_no,
            "key": wish.key,
            "vin": wish.vin,
            "merkekode": wish.merkekode,
            "reason": wish.reason,
            "state": "ASKED" if wish.fault is None else "IMPOSSIBLE",
            "sentence": wish.fault,
        }
        for wish in wishes
    ]
    cursor = connection.execute(
        "INSERT INTO ledger.deletion_request (party, source, run_id, list_id, asked_by, row_no, key, vin, "
        "merkekode, reason, state, sentence) SELECT %(party)s, %(source)s, %(run)s, %(list)s, %(by)s, u.* "
        "FROM jsonb_to_recordset(%(rows)s) AS u (row_no integer, key text, vin text, merkekode text, reason text, "
        "state text, sentence text) ON CONFLICT DO NOTHING",
        {"party": party, "source": source, "run": run_id, "list": list_id, "by": asked_by, "rows": Jsonb(rows)},
    )
    return cursor.rowcount


def ask_for_revision(connection: Connection, party: str, pairs: Sequence[tuple[int, int]]) -> int:
    """Asks for the deletion of accepted documents that a corrected one replaces: (accepted, corrected) by id.

    Each pair is asked for once, whatever becomes of it; the caller commits.
    """
    cursor = connection.execute(
        "INSERT INTO ledger.deletion_request (party, source, key, reason, asked_by, document_id, replaced_by) "
        "SELECT %s, 'revision', coalesce(d.ivi_reference, d.vin, d.sha256), "
        "'A corrected document came: ' || coalesce(s.name, 'sha256 ' || left(n.sha256, 12)) || '.', "
        "'the setting revision: replace', d.id, n.id "
        "FROM unnest(%s::bigint[], %s::bigint[]) AS u (old, new) JOIN ledger.document d ON d.id = u.old "
        "JOIN ledger.document n ON n.id = u.new LEFT JOIN ledger.sighting s ON s.id = n.sighting_id "
        "ON CONFLICT DO NOTHING",
        (party, [old for old, _ in pairs], [new for _, new in pairs]),
    )
    return cursor.rowcount


def offer(connection: Connection, party: str, sender: str, run_id: str, *, take_over: bool = False) -> list[Offered]:
    """Looks at what waits, and returns what this run has to have approved; commits.

    What another run offered is left to it for a week, and what another run's form asks for, for an hour; `take_over`
    takes it at once. Asking again in the same run returns the same requests.
    """
    rows = connection.execute(
        _WAITING, {"party": party, "run": run_id, "over": take_over, "days": OFFER_DAYS}
    ).fetchall()
    matched = match_all(connection, party, sender, rows)
    _write(connection, matched)
    connection.execute(
        "UPDATE ledger.deletion_request SET offered_run = %s, offered_at = now() WHERE id = ANY(%s) "
        "AND offered_run IS DISTINCT FROM %s",
        (run_id, [one.request_id for one in matched if one.state == "ASKED"], run_id),
    )
    offered = connection.execute(_OFFERED, {"party": party, "run": run_id}).fetchall()
    connection.commit()
    return [Offered(**row) for row in offered]


_WAITING = """
SELECT id, key, vin, merkekode, document_id FROM ledger.deletion_request
WHERE party = %(party)s AND state IN ('ASKED', 'WAITING')
  AND (offered_run = %(run)s OR %(over)s OR offered_at < now() - make_interval(days => %(days)s)
       OR (offered_run IS NULL AND (source <> 'form' OR run_id = %(run)s OR asked_at < now() - interval '1 hour')))
ORDER BY id FOR UPDATE SKIP LOCKED
"""
_OFFERED = """
SELECT r.id, r.key, r.reason, r.source, r.asked_by, d.vin, coalesce(s.name, '-') AS file_name,
    coalesce(to_char(u.decided_at AT TIME ZONE 'Europe/Oslo', 'YYYY-MM-DD'), '-') AS accepted_at
FROM ledger.deletion_request r JOIN ledger.document d ON d.id = r.document_id
LEFT JOIN ledger.sighting s ON s.id = d.sighting_id
LEFT JOIN LATERAL (SELECT x.decided_at FROM ledger.submission x WHERE x.document_id = d.id AND x.operation = 'opprette'
    ORDER BY x.n DESC LIMIT 1) u ON true
WHERE r.party = %(party)s AND r.offered_run = %(run)s AND r.state = 'ASKED' ORDER BY r.id
"""


def _write(connection: Connection, matched: Sequence[Match]) -> None:
    rows: list[dict[str, Any]] = [
        {"id": one.request_id, "state": one.state, "sentence": one.sentence, "document": one.document_id}
        for one in matched
    ]
    connection.execute(
        "UPDATE ledger.deletion_request r SET state = u.state, sentence = u.sentence, document_id = u.document "
        "FROM jsonb_to_recordset(%s) AS u (id bigint, state text, sentence text, document bigint) "
        "WHERE r.id = u.id AND r.state IN ('ASKED', 'WAITING')",
        (Jsonb(rows),),
    )


def decline(connection: Connection, party: str, run_id: str, *, by: str) -> int:
    """A person said no to what this run offered; commits. Returns how many requests are declined by it."""
    cursor = connection.execute(
        "UPDATE ledger.deletion_request SET state = 'DECLINED', decided_by = %s, decided_at = now(), "
        "sentence = 'Declined: nothing is deleted.' WHERE party = %s AND offered_run = %s AND state = 'ASKED'",
        (by, party, run_id),
    )
    revisions.say_declined(connection, party, run_id)
    connection.commit()
    return cursor.rowcount


def approve(connection: Connection, party: str, sender: str, run_id: str, *, by: str) -> int:
    """A person said yes to what this run offered: opens a deletion for each; commits. Returns how many were opened.

    What changed since it was offered is looked at once more: it may wait again, or not be possible any more. While this
    goes on nobody opens a creation, so that of two operations on a VIN one sees the other.
    """
    connection.execute("SET LOCAL lock_timeout = '60s'")
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('samsvar.opening'))")
    rows = connection.execute(
        "SELECT id, key, vin, merkekode, document_id FROM ledger.deletion_request "
        "WHERE party = %s AND offered_run = %s AND state = 'ASKED' ORDER BY id FOR UPDATE",
        (party, run_id),
    ).fetchall()
    matched = match_all(connection, party, sender, rows)
    _write(connection, matched)
    ready = [one for one in matched if one.state == "ASKED"]
    opened = connection.execute(_OPEN, {"by": by, "rows": Jsonb([_opening(one) for one in ready])}).fetchall()
    connection.commit()
    return len(opened)


def _opening(one: Match) -> dict[str, Any]:
    return {"request": one.request_id, "creation": str(one.creation), "ways": list(one.ways)}


# ON CONFLICT: a document that is being deleted already is not deleted a second time at the same time.
_OPEN = """
WITH wanted AS (
    SELECT gen_random_uuid() AS id, u.request, u.ways, c.*
    FROM jsonb_to_recordset(%(rows)s) AS u (request bigint, creation uuid, ways text[])
    JOIN LATERAL (SELECT x.id AS creation, x.party, x.document_id, x.sighting_id, x.authority, x.sender,
                         x.ivi_reference, x.avgiftskode FROM ledger.submission x WHERE x.id = u.creation) c ON true),
opened AS (
    INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, operation, authority, sender, ivi_reference,
        avgift_source, deletes, ways, approved_by)
    SELECT w.id, w.party, w.document_id, w.sighting_id,
        1 + coalesce((SELECT max(n) FROM ledger.submission
                      WHERE document_id = w.document_id AND operation = 'slette'), 0),
        'slette', w.authority, w.sender, w.ivi_reference, 'none', w.creation, w.ways, %(by)s
    FROM wanted w ON CONFLICT DO NOTHING RETURNING id)
UPDATE ledger.deletion_request r SET state = 'APPROVED', decided_by = %(by)s, decided_at = now(), submission_id = w.id,
    sentence = NULL
FROM wanted w JOIN opened o ON o.id = w.id WHERE r.id = w.request
RETURNING r.id
"""


def not_possible(connection: Connection, party: str, run_id: str) -> list[str]:
    """Why rows of this run's form cannot be deleted, or not yet, one sentence each."""
    rows = connection.execute(
        "SELECT sentence FROM ledger.deletion_request WHERE party = %s AND source = 'form' AND run_id = %s "
        "AND state IN ('IMPOSSIBLE', 'WAITING') ORDER BY row_no",
        (party, run_id),
    )
    return [str(row["sentence"]) for row in rows]
