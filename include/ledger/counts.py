"""Counting sightings. Every column is its own query, never a residual, so that a sum that differs can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from include.ledger.states import COLUMNS
from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class Counts:
    """Sightings of one party: how many were received and in which state they are now."""

    received: int
    accepted: int
    refused: int
    invalid: int
    duplicate: int
    unknown: int
    open: int

    @property
    def adds_up(self) -> bool:
        """True when the states sum to what was received."""
        states: list[int] = [getattr(self, column) for column in COLUMNS]
        return self.received == sum(states)

    def sentence(self, importer: str) -> str:
        """The line an operator reads first; zeros are left out."""
        parts = [f"{getattr(self, column)} {column}" for column in COLUMNS if getattr(self, column)]
        return f"{importer}: {self.received} received" + (", " + ", ".join(parts) if parts else "")


def count(connection: Connection, party: str, *, run_id: str | None = None) -> Counts:
    """Counts all sightings of a party, or those that a run planned."""
    where = "party = %(party)s" + (" AND run_id = %(run)s" if run_id else "")
    values: dict[str, int] = {}
    parameters = {"party": party, "run": run_id}
    for column in COLUMNS:
        query = f"SELECT count(*) AS n FROM ledger.sighting_status WHERE {where} AND status = '{column}'"  # noqa: S608 - constants
        values[column] = _one(connection, query, parameters)
    received = f"SELECT count(*) AS n FROM ledger.sighting WHERE {where} AND state <> 'WITHDRAWN'"  # noqa: S608 - a constant
    return Counts(received=_one(connection, received, parameters), **values)


def refusal_groups(connection: Connection, party: str, run_id: str, most: int = 3) -> list[tuple[int, str]]:
    """The run's largest groups of refusals: how many, and the gap in a few words."""
    rows = connection.execute(
        "SELECT count(*) AS n, coalesce('avgiftskode ' || u.avgiftskode || ' not open for ' || d.type_approval, "
        "u.meldingskode, 'no code') AS gap FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id "
        "JOIN ledger.sighting s ON s.id = u.sighting_id WHERE s.party = %s AND s.run_id = %s AND u.state = 'REFUSED' "
        "AND u.meldingskode LIKE '%%KAN_IKKE_AVGIFTSKLASSIFISERES' GROUP BY 2 ORDER BY 1 DESC LIMIT %s",
        (party, run_id, most),
    )
    return [(int(row["n"]), str(row["gap"])) for row in rows]


def open_reasons(connection: Connection, party: str, run_id: str) -> list[tuple[int, str]]:
    """Why documents of the run are open: how many are held, to send, or wait for a person, the largest group first."""
    rows = connection.execute(
        "SELECT count(*) AS n, CASE t.state WHEN 'HELD' THEN 'held: ' || split_part(d.hold_reason, ': ', 2) "
        "WHEN 'NEEDS_PERSON' THEN 'for a person' WHEN 'INCOMPLETE' THEN 'never whole' ELSE 'to send' END AS why "
        "FROM ledger.sighting_status t LEFT JOIN ledger.document d ON d.id = t.document_id "
        "WHERE t.party = %s AND t.run_id = %s AND t.status = 'open' GROUP BY 2 ORDER BY 1 DESC, 2",
        (party, run_id),
    )
    return [(int(row["n"]), str(row["why"]).rstrip(".")) for row in rows]


def not_whole(connection: Connection, party: str) -> int:
    """Files in the inbox whose end has not arrived."""
    return _one(
        connection,
        "SELECT count(*) AS n FROM ledger.sighting WHERE party = %(party)s AND state = 'OPEN' "
        "AND rule_id = 'file.not_whole'",
        {"party": party},
    )


def broken_invariants(connection: Connection, party: str) -> list[str]:
    """Sentences about rows that must not exist: an acceptance without evidence, a sighting in no state."""
    checks: Mapping[str, str] = {
        "accepted without an accepted attempt or a named decision": (
            "SELECT count(*) AS n FROM ledger.submission u WHERE u.party = %(party)s AND u.operation = 'opprette' "
            "AND u.state IN ('ACCEPTED', 'DELETED') AND u.decided_by = 'answer' "
            "AND NOT EXISTS (SELECT FROM ledger.attempt a WHERE a.submission_id = u.id AND a.outcome = 'accepted')"
        ),
        "accepted by lookup or by hand without a row in ledger.decision": (
            "SELECT count(*) AS n FROM ledger.submission u WHERE u.party = %(party)s AND u.state = 'ACCEPTED' "
            "AND u.decided_by <> 'answer' AND NOT EXISTS (SELECT FROM ledger.decision c WHERE c.submission_id = u.id)"
        ),
        "documents accepted more than once": (
            "SELECT count(*) AS n FROM (SELECT document_id FROM ledger.submission WHERE party = %(party)s "
            "AND state = 'ACCEPTED' AND operation = 'opprette' GROUP BY 1 HAVING count(*) > 1) x"
        ),
        "sightings taken without a document": (
            "SELECT count(*) AS n FROM ledger.sighting WHERE party = %(party)s AND state = 'TAKEN' "
            "AND document_id IS NULL"
        ),
    }
    found = {name: _one(connection, query, {"party": party}) for name, query in checks.items()}
    return [f"{party}: {n} {name}" for name, n in found.items() if n]


def _one(connection: Connection, query: str, parameters: Mapping[str, object]) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row["n"]) if row else 0
