"""An authority's `max_parallel` is a budget of the whole installation: tasks lease shares of it and renew them."""

from __future__ import annotations

import contextlib

import psycopg

from include.ledger.warehouse import AsyncConnection

#: A lease that is not renewed for this long is free again (its task was killed).
LEASE_SECONDS = 30


async def lease(
    connection: AsyncConnection, authority: str, owner: str, *, wanted: int, budget: int, in_use: int = 0
) -> int:
    """Takes or renews a share of at most `wanted` slots and returns its size; 0 when everything is taken.

    The share shrinks towards budget / holders when others come, so that a party with many lots cannot starve one
    with a single lot. Who waits with a share of 0 counts as a holder. `in_use` is the number of this owner's requests
    in flight: where the share is smaller, the rest is not given to others before they are answered.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('samsvar.lease.' || %s))", (authority,))
        await connection.execute("DELETE FROM ledger.lease WHERE authority = %s AND until < now()", (authority,))
        cursor = await connection.execute(
            "SELECT coalesce(sum(slots) FILTER (WHERE owner <> %(owner)s), 0) AS others, "
            "count(*) FILTER (WHERE owner <> %(owner)s) AS holders FROM ledger.lease WHERE authority = %(authority)s",
            {"authority": authority, "owner": owner},
        )
        row = await cursor.fetchone()
        others, holders = (int(row["others"]), int(row["holders"])) if row else (0, 0)
        fair = max(1, budget // (holders + 1))
        share = max(min(wanted, fair, budget - others), 0)
        await connection.execute(
            "INSERT INTO ledger.lease VALUES (%s, %s, %s, now() + make_interval(secs => %s)) "
            "ON CONFLICT (authority, owner) DO UPDATE SET slots = excluded.slots, until = excluded.until",
            (authority, owner, max(share, in_use), LEASE_SECONDS),
        )
        return share


async def release(connection: AsyncConnection, authority: str, owner: str) -> None:
    """Gives the share back at once. Where the warehouse has gone it runs out by itself; that is not worth an error."""
    with contextlib.suppress(psycopg.Error):
        await connection.execute("DELETE FROM ledger.lease WHERE authority = %s AND owner = %s", (authority, owner))
