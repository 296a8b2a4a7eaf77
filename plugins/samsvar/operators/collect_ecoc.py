"""Collect: take what is whole from a party's inbox."""

from __future__ import annotations

import asyncio
import math
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator
from airflow.sdk.exceptions import AirflowRescheduleException

from samsvar.house import POOLS
from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.collect import Collected


#: Nightly starts of all parties are spread over this time, so that they do not arrive at the authority as one.
SPREAD = timedelta(minutes=10)
#: A trickle of uploads keeps a run waiting for so many quiet periods at most; what comes later is the next run's.
LOOKS = 4


class CollectEcocOperator(PartyStep, BaseSensorOperator):
    """Lists the inbox, waits out the quiet period by reschedule (no worker slot is held), lists again and takes.

    :param party_id: the party, as in parties.yaml
    :param quiet_seconds: how long a file must lie unchanged; decides when the second look comes
    """

    ui_color = "#d7e8f7"

    def __init__(self, *, party_id: str, quiet_seconds: float, **kwargs: Any) -> None:
        super().__init__(mode="reschedule", poke_interval=math.ceil(quiet_seconds) + 1, timeout=6 * 3600, **kwargs)
        self.party_id = party_id

    @plainly
    def poke(self, context: Context) -> bool:
        """One look at the inbox; False asks for another one after the quiet period."""
        _wait_for_turn(context, self.party_id)
        result = asyncio.run(self._collect())
        self.log.info("%s: %s", self.party_id, result.sentence())
        if result.wait_seconds and int(context.get("task_reschedule_count", 0)) < LOOKS:
            self.log.info("%s: fresh files; looking again in %.0f s", self.party_id, self.poke_interval)
            return False
        return True

    async def _collect(self) -> Collected:
        from include.drop.drop import Drop
        from include.journey.collect import collect
        from include.ledger import pools
        from include.ledger.locks import party_lock
        from include.ledger.sightings import name_party
        from include.ledger.warehouse import connect, now_of

        with connect(self.dsn) as connection, party_lock(connection, self.party_id):
            pools.refuse_missing(connection, POOLS)
            name_party(connection, self.party_id, self.party.name, self.party.organisation_number, self.party.timezone)
            async with Drop(self._drop_settings) as drop:
                return await collect(connection, drop, self.store, self.party, now=now_of(connection))

    @property
    def _drop_settings(self) -> Any:
        from samsvar.hooks.ecoc_drop import EcocDropHook

        return EcocDropHook(self.party.connections.ecoc_sftp).settings()


def _wait_for_turn(context: Context, party_id: str) -> None:
    """A scheduled run comes back once, at its party's place in the spread; a run by hand begins at once."""
    run = context["dag_run"]
    if str(run.run_type) != "scheduled":
        return
    turn = run.run_after + timedelta(seconds=zlib.crc32(party_id.encode()) % int(SPREAD.total_seconds()))
    if datetime.now(UTC) < turn:
        raise AirflowRescheduleException(turn)  # type: ignore[no-untyped-call]
