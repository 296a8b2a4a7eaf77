"""What happens when a party's night is not done by its deadline.

Airflow's triggerer calls this by name, and every parse of a DAG that names it imports this module: it stays light.
"""

from __future__ import annotations

from typing import Any


async def deadline_missed(party_id: str, **kwargs: Any) -> str:
    """The callback of the party's DeadlineAlert: tells its channels and returns the sentence; never raises.

    Airflow adds `context` with `dag_run` and `deadline` to the arguments.
    """
    import asyncio

    from include.journey.watch import run_not_done
    from samsvar.notifiers.samsvar_notifier import SamsvarNotifier

    run_id, deadline = _run_of(kwargs.get("context"))
    alert = run_not_done(party_id, run_id=run_id, deadline=deadline)
    channels = await asyncio.to_thread(_channels, party_id)
    await SamsvarNotifier(party_id=party_id, sentences=[alert.sentence], channels=channels)
    return alert.sentence


def _run_of(context: Any) -> tuple[str | None, Any]:
    """Run id and deadline (an aware datetime) as far as the context tells them."""
    from datetime import datetime

    if not isinstance(context, dict):
        return None, None
    run_id = (context.get("dag_run") or {}).get("dag_run_id")
    told = (context.get("deadline") or {}).get("deadline_time")
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told)
        except ValueError:
            told = None
    return run_id, told if isinstance(told, datetime) else None


def _channels(party_id: str) -> tuple[Any, ...]:
    """The party's channels; none when its block cannot be read any more, and the log then says why."""
    import logging

    from include.config.parties import BrokenParty, load_party
    from include.errors import SamsvarError

    try:
        party = load_party(None, party_id)
    except SamsvarError as error:
        reason = str(error)
    else:
        if not isinstance(party, BrokenParty):
            return party.notify
        reason = party.sentence
    logging.getLogger(__name__).error("%s", reason)
    return ()
