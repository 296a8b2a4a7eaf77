"""Settling a presentation by hand: what a named person found out at customs, once nothing else can tell."""

from __future__ import annotations

from typing import Literal, get_args
from uuid import UUID

from include.errors import PersonMustAct
from include.ledger.warehouse import Connection

Choice = Literal["accepted", "refused"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
_TARGET = {"accepted": "ACCEPTED", "refused": "REFUSED"}


def decide(connection: Connection, request_id: UUID, choice: Choice, *, by: str, words: str) -> str:
    """Decides, commits, and says what stands now. Deciding the same again changes nothing.

    `accepted`: customs has it, and it is never sent again. `refused`: customs has it not; the importer may drop the row
    anew, which gets a requestId of its own. Raises PersonMustAct when it does not wait for anybody, or without a name.
    """
    name = by.strip()
    if name.lower() in ("", "answer", "validation"):
        raise PersonMustAct("A decision by hand needs the name of a person; nothing was changed.")
    row = connection.execute(
        "SELECT party, state, decided_by FROM ledger.presentation WHERE request_id = %s FOR UPDATE", (request_id,)
    ).fetchone()
    if row is None:
        raise PersonMustAct(f"There is no presentation with requestId {request_id}; copy it from the receipt.")
    if (row["state"], row["decided_by"]) != (_TARGET[choice], name):
        if row["state"] not in ("UNKNOWN", "NEEDS_PERSON"):
            raise PersonMustAct(f"The presentation {request_id} is {row['state']} and waits for nobody.")
        if row["state"] == "UNKNOWN":  # only from NEEDS_PERSON does the database take a person's word
            connection.execute(
                "UPDATE ledger.presentation SET state = 'NEEDS_PERSON', version = version + 1 WHERE request_id = %s",
                (request_id,),
            )
        connection.execute(
            "UPDATE ledger.presentation SET state = %(state)s, version = version + 1, decided_at = now(), "
            "decided_by = %(by)s, reason = %(reason)s, live = live AND %(state)s <> 'REFUSED' "
            "WHERE request_id = %(id)s",
            {
                "state": _TARGET[choice],
                "by": name,
                "reason": f"{name} decided by hand: {choice}. {words}",
                "id": request_id,
            },
        )
    connection.commit()
    return f"{row['party']}: the presentation {request_id} is {_TARGET[choice]}, decided by {name}."
