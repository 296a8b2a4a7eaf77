"""What people of a party are told about presentations beside the receipts: what waits for a person, once each."""

from __future__ import annotations

from include.config.party import Party
from include.ledger.alerts import Alert
from include.ledger.warehouse import Connection

FOR_A_PERSON = "presentation_needs_person"


def alerts_of_presentations(connection: Connection, party: Party) -> list[Alert]:
    """One alert per presentation that only a person can settle."""
    rows = connection.execute(
        "SELECT p.request_id, p.level, p.row_no, f.name, p.reason FROM ledger.presentation p "
        "JOIN ledger.presentation_file f ON f.id = p.file_id "
        "WHERE p.party = %s AND p.state = 'NEEDS_PERSON' AND p.live ORDER BY p.opened_at",
        (party.id,),
    ).fetchall()
    return [
        Alert(
            FOR_A_PERSON,
            party.id,
            str(row["request_id"]),
            f"{party.id}: row {row['row_no']} of {row['name']} ({row['level']}, requestId {row['request_id']}) waits "
            f"for a person. {row['reason']}",
        )
        for row in rows
    ]
