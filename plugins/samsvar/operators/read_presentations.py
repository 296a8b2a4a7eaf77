"""Read: take what is whole from a party's folder of presentations, or the consignment of the form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowRescheduleException

from samsvar.house import POOLS
from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.present_take import Taken

#: A trickle of uploads keeps a run waiting for so many quiet periods at most; what comes later is the next run's.
LOOKS = 3


class ReadPresentationsOperator(PartyStep, BaseOperator):
    """Lists the folder, waits out the quiet period by reschedule (no worker slot is held), lists again and takes.

    A run of the form takes the form's consignment and no file, so that it waits for nothing.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#d7e8f7"
    template_fields: Sequence[str] = ("party_id",)

    def __init__(self, *, party_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> None:
        """One look at the folder; comes back once where fresh files have to lie quiet."""
        from samsvar.customs_form import consignment_of

        cells = consignment_of(context["params"])
        if cells:
            self._take_form(str(context["run_id"]), cells)
            return
        result = asyncio.run(self._take_files())
        self.log.info("%s: %s", self.party_id, result.sentence())
        if result.wait_seconds and int(context.get("task_reschedule_count", 0)) < LOOKS:
            self.log.info("%s: fresh files; looking again in %.0f s", self.party_id, result.wait_seconds)
            again = datetime.now(UTC) + timedelta(seconds=result.wait_seconds + 1)
            raise AirflowRescheduleException(again)  # type: ignore[no-untyped-call] # Airflow's own has no types

    def _take_form(self, run_id: str, cells: dict[str, str]) -> None:
        from include.journey.present_take import take_form
        from include.ledger.locks import party_lock
        from include.ledger.warehouse import connect, now_of

        with connect(self.dsn) as connection, party_lock(connection, f"{self.party_id}/customs"):
            self._prepare(connection)
            added = take_form(connection, self.store, self.party, run_id, cells, now=now_of(connection))
        self.log.info("%s: the form's consignment is %s", self.party_id, "taken" if added else "known already")

    async def _take_files(self) -> Taken:
        from include.drop.drop import Drop
        from include.journey.present_take import take_files
        from include.ledger.locks import party_lock
        from include.ledger.warehouse import connect, now_of
        from samsvar.hooks.ecoc_drop import EcocDropHook

        settings = EcocDropHook(self.party.connections.ecoc_sftp).settings()
        with connect(self.dsn) as connection, party_lock(connection, f"{self.party_id}/customs"):
            self._prepare(connection)
            async with Drop(settings) as drop:
                return await take_files(connection, drop, self.store, self.party, now=now_of(connection))

    def _prepare(self, connection: Any) -> None:
        from include.ledger import pools
        from include.ledger.sightings import name_party

        party = self.party
        pools.refuse_missing(connection, POOLS)
        name_party(connection, party.id, party.name, party.organisation_number, party.timezone)
        connection.commit()
