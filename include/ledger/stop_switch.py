"""The stop switch: nothing is claimed for an authority, or for one party there, while it is set.

Who set it, who took it out, and why, stays in `ledger.stop_switch_log`.
"""

from __future__ import annotations

from include.ledger.warehouse import AsyncConnection, Connection, Row

_LOG = "INSERT INTO ledger.stop_switch_log (authority, party, action, reason, by_whom) VALUES (%s, %s, %s, %s, %s)"


def stop(connection: Connection, authority: str, party: str, *, reason: str, by: str) -> None:
    """Sets the switch, or gives a set one a new reason; commits. `party` '' means every party."""
    connection.execute(
        "INSERT INTO ledger.stop_switch (authority, party, reason, set_by) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (authority, party) DO UPDATE SET reason = excluded.reason, set_by = excluded.set_by, "
        "set_at = now()",
        (authority, party, reason, by),
    )
    connection.execute(_LOG, (authority, party, "stop", reason, by))
    connection.commit()


def go(connection: Connection, authority: str, party: str, *, reason: str, by: str) -> bool:
    """Takes the switch out; commits. False when it was not set."""
    removed = connection.execute(
        "DELETE FROM ledger.stop_switch WHERE authority = %s AND party = %s", (authority, party)
    ).rowcount
    if removed:
        connection.execute(_LOG, (authority, party, "go", reason, by))
    connection.commit()
    return bool(removed)


def still_set(connection: Connection, authority: str) -> list[str]:
    """The switches that are set for the authority, one line each."""
    rows = connection.execute(
        "SELECT party, reason, set_by FROM ledger.stop_switch WHERE authority = %s ORDER BY party", (authority,)
    )
    return [f"{row['party'] or 'every party'}: {row['reason']} (set by {row['set_by']})" for row in rows]


async def set_for(connection: AsyncConnection, authority: str, party: str) -> Row | None:
    """`reason` and `set_by` of a switch that keeps this party from sending, its own or that of every party."""
    cursor = await connection.execute(
        "SELECT reason, set_by FROM ledger.stop_switch WHERE authority = %s AND party IN ('', %s) "
        "ORDER BY party DESC LIMIT 1",
        (authority, party),
    )
    return await cursor.fetchone()
