"""Each run sends one document first and the other lots wait for its answer. A stop is seen by all lots."""

from __future__ import annotations

from typing import Literal

from include.errors import ConfigurationError, PersonMustAct, SamsvarError, ServiceUnavailable
from include.ledger.warehouse import AsyncConnection


class HeardOf(SamsvarError):
    """A stop that another lot found: this lot ends with the same error, but does not shut the gate a second time."""

    def __init__(self, error: SamsvarError) -> None:
        super().__init__(str(error))
        self.error = error


GateState = Literal["probe", "wait", "open", "stopped"]

#: A probing lot that has not answered within this time is taken to be dead; another lot probes.
PROBE_SECONDS = 120
#: So long after a stop nobody probes again: an outage may leave few unknown documents, not a few for each lot. Shorter
#: than the pause before a task's first retry; the second number is for stops that no retry follows.
REST_SECONDS, FINAL_REST_SECONDS = 20, 5


async def look(
    connection: AsyncConnection, party: str, run_id: str, owner: str, *, first_look: bool, again: bool = False
) -> GateState:
    """What this lot may do now: `probe` (send one), `wait`, go on (`open`) or end (`stopped`).

    A gate that an earlier try found stopped is probed again by the first lot that comes (`first_look`) after a rest, so
    that clearing one lot after an outage is enough. No rest after a stop that only a person can end when this is a
    later try (`again`): no retry follows such a stop, so a person changed something and cleared the task.
    """
    cursor = await connection.execute(
        "INSERT INTO ledger.run_gate AS g (party, run_id, state, owner, until) "
        "VALUES (%(party)s, %(run)s, 'probing', %(owner)s, now() + make_interval(secs => %(seconds)s)) "
        "ON CONFLICT (party, run_id) DO UPDATE SET state = 'probing', owner = excluded.owner, until = excluded.until, "
        "reason = NULL WHERE (g.until < now() AND (g.state = 'probing' OR (g.state = 'stopped' AND %(first)s))) "
        "OR (g.state = 'stopped' AND g.final AND %(first)s AND %(again)s) RETURNING owner",
        {
            "party": party,
            "run": run_id,
            "owner": owner,
            "seconds": PROBE_SECONDS,
            "first": first_look,
            "again": again,
        },
    )
    if await cursor.fetchone() is not None:
        return "probe"
    cursor = await connection.execute(
        "SELECT state, owner FROM ledger.run_gate WHERE party = %s AND run_id = %s", (party, run_id)
    )
    row = await cursor.fetchone()
    if row is None:
        return "wait"
    if row["state"] == "probing":
        return "probe" if row["owner"] == owner else "wait"
    return "open" if row["state"] == "open" else "stopped"


async def open_gate(connection: AsyncConnection, party: str, run_id: str) -> None:
    """The first answer came: everybody goes on."""
    await connection.execute(
        "UPDATE ledger.run_gate SET state = 'open', reason = NULL WHERE party = %s AND run_id = %s AND state <> 'open'",
        (party, run_id),
    )


async def stop(connection: AsyncConnection, party: str, run_id: str, error: SamsvarError) -> None:
    """Stops every lot of this run before its next group; each of them ends with the same sentence."""
    final = isinstance(error, PersonMustAct)
    await connection.execute(
        "UPDATE ledger.run_gate SET state = 'stopped', reason = %s, final = %s, "
        "until = CASE WHEN state = 'stopped' THEN until ELSE now() + make_interval(secs => %s) END "
        "WHERE party = %s AND run_id = %s",
        (str(error), final, FINAL_REST_SECONDS if final else REST_SECONDS, party, run_id),
    )


async def stop_reason(connection: AsyncConnection, party: str, run_id: str) -> SamsvarError | None:
    """The error that stopped this run, or None."""
    cursor = await connection.execute(
        "SELECT reason, final FROM ledger.run_gate WHERE party = %s AND run_id = %s AND state = 'stopped'",
        (party, run_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return ConfigurationError(str(row["reason"])) if row["final"] else ServiceUnavailable(str(row["reason"]))


async def pass_on(connection: AsyncConnection, party: str, run_id: str, owner: str) -> None:
    """A lot that holds the probe but has nothing to send lets another one probe."""
    await connection.execute(
        "UPDATE ledger.run_gate SET until = now() - interval '1 second', owner = '' "
        "WHERE party = %s AND run_id = %s AND owner = %s AND state = 'probing'",
        (party, run_id, owner),
    )
