"""Planning: every open sighting of a party gets a place in a lot of this run."""

from __future__ import annotations

import math
from dataclasses import dataclass

from include.ledger.revisions import revive_revisions
from include.ledger.warehouse import Connection

#: No run has more lots than this, whatever the lot size says: the UI and Airflow's mapping stay comfortable.
MOST_LOTS = 200

# So many new rows make the planner's statistics wrong: it believes that the party has one file, and reads all of them
# for each. The server's own refresh comes up to a minute later.
_MANY = 500

# What a run can still do something about: check and send, move away, or tell the importer a new state.
_NEEDS_WORK = """
    s.filed_at IS NULL AND s.state NOT IN ('OPEN', 'WITHDRAWN') AND (
        t.state IN ('RECEIVED', 'VALID', 'HELD', 'PENDING') OR s.reopen
        OR (t.status IN ('accepted', 'refused', 'invalid', 'duplicate') AND NOT s.leave_in_place)
        OR s.receipt_state IS DISTINCT FROM t.state)
"""


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of a run: `lot` counts from 1 to `of`, `size` is its number of sightings when it was planned."""

    lot: int
    of: int
    size: int


def plan(connection: Connection, party: str, run_id: str, lot_size: int) -> list[Lot]:
    """Gives every open sighting a lot of this run, in one transaction, and returns all lots of the run.

    Planning again returns the same lots; what became open since is appended as further lots. A later run takes over
    what an older one left open. Lot size is max(`lot_size`, ceil(n / 200)). The caller holds the party's lock.
    """
    with connection.transaction():
        revive_revisions(connection, party)
        rows = connection.execute(
            "SELECT s.id FROM ledger.sighting s JOIN ledger.sighting_status t ON t.id = s.id "  # noqa: S608 - a constant
            f"WHERE s.party = %(party)s AND s.run_id IS DISTINCT FROM %(run)s AND {_NEEDS_WORK} "
            "ORDER BY s.document_id NULLS FIRST, s.id",
            {"party": party, "run": run_id},
        ).fetchall()
        sightings = [int(row["id"]) for row in rows]
        planned = _lots(connection, party, run_id)
        if sightings:
            _append(connection, party, run_id, sightings, first=len(planned) + 1, lot_size=lot_size)
            planned = _lots(connection, party, run_id)
        if len(sightings) >= _MANY:
            connection.execute("ANALYZE ledger.sighting, ledger.document")
    return planned


def _append(
    connection: Connection, party: str, run_id: str, sightings: list[int], *, first: int, lot_size: int
) -> None:
    size = max(lot_size, math.ceil(len(sightings) / MOST_LOTS))
    for offset in range(0, len(sightings), size):
        part = sightings[offset : offset + size]
        lot_no = first + offset // size
        connection.execute(
            "INSERT INTO ledger.lot (party, run_id, lot_no, size) VALUES (%s, %s, %s, %s)",
            (party, run_id, lot_no, len(part)),
        )
        connection.execute(
            "UPDATE ledger.sighting SET run_id = %s, lot_no = %s WHERE id = ANY(%s)", (run_id, lot_no, part)
        )
        connection.execute(
            "UPDATE ledger.submission SET run_id = %s, lot_no = %s WHERE state = 'PENDING' AND operation = 'opprette' "
            "AND sighting_id = ANY(%s)",
            (run_id, lot_no, part),
        )


def _lots(connection: Connection, party: str, run_id: str) -> list[Lot]:
    rows = connection.execute(
        "SELECT lot_no, size FROM ledger.lot WHERE party = %s AND run_id = %s ORDER BY lot_no", (party, run_id)
    ).fetchall()
    return [Lot(lot=row["lot_no"], of=len(rows), size=row["size"]) for row in rows]
