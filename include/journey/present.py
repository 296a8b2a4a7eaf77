"""Present: what is open of a party goes to customs, each consignment once; unknown ends are repeated under their id.

The task carries no work list: it asks the ledger what may be sent. Clearing, retrying or running it twice sends what is
open and nothing else. Before the first readable answer of a run only one at a time is sent.
"""

from __future__ import annotations

import asyncio

from include.errors import SamsvarError, ServiceUnavailable
from include.journey.errand import Errand, Pace, Presented, Presenter
from include.journey.progress import Progress
from include.journey.stopped import why_unsent
from include.ledger import gate, presenting
from include.ledger.presenting import AUTHORITY
from include.ledger.warehouse import connect_async
from include.outcomes import Outcome

_GATE_POLL_SECONDS = 0.5


async def present_party(
    dsn: str,
    *,
    party: str,
    run_id: str,
    owner: str,
    pace: Pace,
    presenter: Presenter,
    stop: asyncio.Event,
    try_number: int = 1,
) -> Presented:
    """Presents everything of the party that may be sent now.

    Raises ConfigurationError or AccessDenied when customs can not be used as configured, ServiceUnavailable when it is
    down, all only after every answer is in the ledger. Unknown outcomes raise nothing.
    """
    async with connect_async(dsn) as connection:
        await presenting.overdue_become_unknown(connection, party)
        errand = Errand(party, f"customs/{run_id}", owner, pace, presenter, connection, stop, try_number)
        progress = Progress(f"{party} · presented", None)
        try:
            if await _pass_gate(errand):
                await errand.send()
        except gate.HeardOf as heard:
            raise heard.error from None
        except SamsvarError as error:
            await gate.stop(connection, party, errand.run_id, error)
            raise
        finally:
            await errand.share.give_back()
            progress.add(sum(errand.result.counts.values()))
            progress.finish()
        left = await presenting.sendable(connection, party, pace.environment)
        if unsent := await why_unsent(connection, AUTHORITY, party, left=left, what="presentations", stop=stop):
            raise unsent
        return errand.result


async def _pass_gate(errand: Errand) -> bool:
    """Each run sends one first. False when nothing may be sent at all."""
    connection, party, run_id = errand.connection, errand.party, errand.run_id
    first_look = True
    while not errand.stop.is_set():
        state = await gate.look(
            connection, party, run_id, errand.owner, first_look=first_look, again=errand.try_number > 1
        )
        first_look = False
        if state == "open":
            return True
        if state == "stopped":
            reason = await gate.stop_reason(connection, party, run_id)
            raise gate.HeardOf(reason or ServiceUnavailable("The run was stopped."))
        if state == "wait":
            await asyncio.sleep(_GATE_POLL_SECONDS)
        elif not await errand.send(most=1):
            await gate.pass_on(connection, party, run_id, errand.owner)
            return False
        elif errand.last is not None and errand.last.outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
            await gate.open_gate(connection, party, run_id)
    return False
