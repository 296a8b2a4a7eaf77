"""Why a try leaves something unsent that could have been sent: a stop switch is set, or the task was asked to stop."""

from __future__ import annotations

import asyncio

from include.errors import ConfigurationError, SamsvarError, ServiceUnavailable
from include.ledger import stop_switch
from include.ledger.warehouse import AsyncConnection


async def why_unsent(
    connection: AsyncConnection, authority: str, party: str, *, left: int, what: str, stop: asyncio.Event
) -> SamsvarError | None:
    """The error with which such a try ends, so that it is not green; `what` names the `left` things in the plural."""
    if left <= 0:
        return None
    switch = await stop_switch.set_for(connection, authority, party)
    if switch is not None:
        return ConfigurationError(
            f"{left} {what} wait: {switch['set_by']} set a stop switch ({switch['reason']}). Take it out with "
            f"`python -m samsvar go --authority {authority}`, then clear this task."
        )
    if stop.is_set():
        return ServiceUnavailable(f"The task was asked to stop: {left} {what} are not sent yet, a retry sends them.")
    return None
