"""Who polls customs, and when. Light on purpose: each task process imports it."""

from __future__ import annotations

import os

from airflow.sdk import get_parsing_context

#: When the feeds of customs are read: a cron line in Europe/Oslo. One that is empty: only by hand.
CUSTOMS_POLL_SCHEDULE = os.environ.get("SAMSVAR_CUSTOMS_POLL_SCHEDULE", "* * * * *").strip()

#: When the last two days are read again. Not between 02 and 03, which is missing or doubled twice a year.
CUSTOMS_REREAD_SCHEDULE = os.environ.get("SAMSVAR_CUSTOMS_REREAD_SCHEDULE", "40 3 * * *").strip()


def polling_parties(dag_id: str) -> list[str]:
    """Ids of the parties to poll for, in the order of the file: one for each organisation and connection.

    What customs shows depends on the organisation in the token, so parties that share a number share its feeds. Empty
    in a process that works on another DAG.
    """
    from include.config.parties import load_parties

    wanted = get_parsing_context().dag_id
    if wanted is not None and wanted != dag_id:
        return []
    first: dict[tuple[str, str], str] = {}
    for party in load_parties().good.values():
        if party.enabled and "customs" in party.roles and party.access != "reported":
            first.setdefault((party.sender, party.connections.toll), party.id)
    return list(first.values())
