"""What a try left unsent: whether that is red, and the sentence that says why."""

from __future__ import annotations

import logging
from collections import Counter

from include.errors import SamsvarError, ServiceUnavailable
from include.journey.flight import AUTHORITY, Flight, Work
from include.journey.stopped import why_unsent
from include.ledger import baseline
from include.ledger.warehouse import AsyncConnection
from include.outcomes import Outcome

log = logging.getLogger(__name__)

NO_ACCIDENT = 3
"""From so many documents on, a lot of which the store has nothing at all is no accident."""


async def left_behind(flight: Flight, sent: Counter[Outcome], *, asked: bool) -> SamsvarError | None:
    """A try that leaves documents unsent says so, and does not end green when it was asked to stop, when a stop switch
    is set, or when the store has none of them.
    """
    connection, work = flight.claims, flight.work
    left = await pending(connection, work)
    if not left:
        return None
    if not asked:
        await baseline.hold_back(connection, work.party, work.run_id, work.lot_no, "no register is configured")
    waits = await baseline.waiting(connection, work.party, work.run_id, work.lot_no)
    if waits:
        log.warning("%s: %d re-sends wait, the register could not be asked about their vehicles", work.party, waits)
    if len(flight.passed_over) >= NO_ACCIDENT and not sent.total():
        return ServiceUnavailable(
            f"The content store has none of the {len(flight.passed_over)} documents that were to be sent: is "
            "SAMSVAR_STORE the same on every worker? Mend it; the retry sends them."
        )
    return await why_unsent(connection, AUTHORITY, work.party, left=left, what="documents", stop=flight.stop)


async def pending(connection: AsyncConnection, work: Work) -> int:
    """How many documents of the lot may still be sent."""
    cursor = await connection.execute(
        "SELECT count(*) AS n FROM ledger.submission WHERE party = %s AND run_id = %s AND lot_no = %s "
        "AND state = 'PENDING'",
        (work.party, work.run_id, work.lot_no),
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0
