"""Deciding by hand: what a named person may decide about one document, and the move that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from psycopg.types.json import Jsonb

from include.errors import PersonMustAct
from include.ledger.warehouse import Connection

Choice = Literal["accepted", "send once more", "give up", "release"]
CHOICES: tuple[Choice, ...] = get_args(Choice)

_DOES = {
    "accepted": "counts as accepted by the authority and is never sent again",
    "give up": "counts as not accepted; the importer may drop it again",
    "send once more": "is sent once more by the importer's next run, whatever became of the first send",
    "release": "is sent by the importer's next run, although it is held",
}
_DOES_DELETION = {
    "accepted": "counts as done: the vehicle is deleted, and its document may be sent anew",
    "give up": "counts as not done: the vehicle stays as it is",
    "send once more": "is sent once more by the next run of ecoc_deletion, whatever became of the first send",
}
_TARGET = {"accepted": "ACCEPTED", "give up": "REFUSED", "send once more": "PENDING"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A document that waits for somebody. `version` fences: what moved meanwhile is not decided."""

    party: str
    document_id: int
    submission_id: UUID | None
    version: int
    attempt_no: int
    state: str
    sha256: str
    vin: str | None
    ivi_reference: str | None
    file_name: str
    reason: str | None
    operation: str = "opprette"

    def sentence(self, choice: str) -> str:
        """What would be decided, for the person who confirms it."""
        deletes = self.operation == "slette"
        does = (_DOES_DELETION if deletes else _DOES)[choice]
        what = "deletion" if deletes else "document"
        return (
            f"{self.party}: the {what} of VIN {self.vin or '-'}, reference {self.ivi_reference or '-'} "
            f"(sha256 {self.sha256[:12]}), now {self.state}, {does}. Why it waits: {self.reason or 'not said'}"
        )


def find(connection: Connection, key: str, choice: str) -> Undecided:
    """The one document with this SHA-256 (12 digits or more), VIN or reference that waits and allows this choice.

    Raises PersonMustAct, one sentence, when there is none or more than one.
    """
    wanted = key.strip()
    rows = connection.execute(
        "SELECT d.party, d.id AS document_id, u.id AS submission_id, coalesce(u.version, 0) AS version, "
        "coalesce(u.attempt_no, 0) AS attempt_no, coalesce(u.state, 'HELD') AS state, d.sha256, d.vin, "
        "d.ivi_reference, s.name AS file_name, coalesce(u.reason, d.hold_reason) AS reason, "
        "coalesce(u.operation, 'opprette') AS operation "
        "FROM ledger.document d JOIN ledger.sighting s ON s.id = d.sighting_id "
        "LEFT JOIN ledger.submission u ON u.document_id = d.id AND (u.state IN ('UNKNOWN', 'NEEDS_PERSON') "
        "OR (u.operation = 'opprette' AND u.state IN ('PENDING', 'SENT', 'ACCEPTED'))) "
        "WHERE (d.vin = upper(%(key)s) OR d.ivi_reference = %(key)s "
        "OR (length(%(key)s) >= 12 AND starts_with(d.sha256, lower(%(key)s)))) "
        "AND (u.state IN ('UNKNOWN', 'NEEDS_PERSON') OR (u.id IS NULL AND d.hold_reason IS NOT NULL))",
        {"key": wanted},
    ).fetchall()
    found = [one for one in (Undecided(**row) for row in rows) if (one.state == "HELD") == (choice == "release")]
    if len(found) != 1:
        number = f"{len(found)} documents wait" if found else "No document waits"
        hint = "give the SHA-256 of the right one" if found else "`python -m samsvar open` lists what does"
        raise PersonMustAct(f"{number} under {wanted!r} that {choice!r} could be decided for: {hint}.")
    return found[0]


def decide(connection: Connection, one: Undecided, choice: str, *, by: str, words: str) -> bool:
    """Decides and commits. False when this very decision stands already.

    Raises PersonMustAct when the document moved meanwhile, and for a name that no person has.
    """
    name = by.strip()
    if name.lower() in ("", "answer", "lookup"):
        raise PersonMustAct("A decision by hand needs the name of a person; nothing was changed.")
    done = _release(connection, one, name) if choice == "release" else _move(connection, one, choice, name, words)
    if not done:
        connection.rollback()
        if _stands(connection, one, name, words):
            return False
        raise PersonMustAct(
            f"The document of VIN {one.vin or '-'} changed since it was looked at; nothing was decided. Look again "
            "with `python -m samsvar open`, and trigger ecoc_decision anew."
        )
    connection.execute(
        "INSERT INTO ledger.decision (submission_id, document_id, attempt_no, decided_by, from_state, to_state, "
        "reason, evidence) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(one.submission_id, one.document_id, one.attempt_no, name, one.state, _TARGET.get(choice, "RELEASED")),
            *(words, Jsonb({"choice": choice, "version": one.version})),
        ),
    )
    connection.commit()
    return True


def _release(connection: Connection, one: Undecided, by: str) -> bool:
    cursor = connection.execute(
        "UPDATE ledger.document SET released_by = %s WHERE id = %s AND released_by IS NULL AND hold_reason IS NOT NULL",
        (by, one.document_id),
    )
    return cursor.rowcount == 1


def _move(connection: Connection, one: Undecided, choice: str, by: str, words: str) -> bool:
    """From UNKNOWN the way leads through NEEDS_PERSON: only from there does the database take a person's word."""
    version = one.version
    if one.state == "UNKNOWN":
        connection.execute(
            "UPDATE ledger.submission SET state = 'NEEDS_PERSON', version = version + 1 "
            "WHERE id = %s AND version = %s AND state = 'UNKNOWN'",
            (one.submission_id, version),
        )
        version += 1
    cursor = connection.execute(
        "UPDATE ledger.submission SET state = %(state)s, version = version + 1, decided_by = %(by)s, "
        "decided_at = CASE WHEN %(state)s <> 'PENDING' THEN now() END, look_again_at = NULL, reason = %(reason)s, "
        "resends = CASE WHEN %(state)s = 'PENDING' THEN 1 ELSE resends END "
        "WHERE id = %(id)s AND version = %(version)s AND state = 'NEEDS_PERSON'",
        {
            "state": _TARGET[choice],
            "by": by,
            "reason": f"{by} decided by hand: {choice}. {words}",
            "id": one.submission_id,
            "version": version,
        },
    )
    return cursor.rowcount == 1


def _stands(connection: Connection, one: Undecided, by: str, words: str) -> bool:
    row = connection.execute(
        "SELECT FROM ledger.decision WHERE document_id = %s AND submission_id IS NOT DISTINCT FROM %s "
        "AND decided_by = %s AND reason = %s AND evidence ->> 'version' = %s",
        (one.document_id, one.submission_id, by, words, str(one.version)),
    ).fetchone()
    connection.commit()
    return row is not None
