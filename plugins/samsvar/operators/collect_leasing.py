"""Collect: take whole leasing files of a party, and what the trigger form asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator
from airflow.sdk.exceptions import AirflowRescheduleException

from samsvar.leasing_step import LeasingStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.leasing.collect import Taken

#: A trickle of uploads keeps a run waiting for so many quiet periods at most; what comes later is the next run's.
LOOKS = 3
_FORM = ("handling", "kjennemerke", "organisasjonsnummer")


class CollectLeasingOperator(LeasingStep, BaseSensorOperator):
    """Lists the folder, waits out the quiet period by reschedule (no worker slot is held), lists again and takes.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#d7e8f7"
    template_fields: Sequence[str] = ("party_id",)  # a mapped group's argument comes through rendering only

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(mode="reschedule", timeout=3600, **kwargs)
        self.party_id = party_id

    @plainly
    def poke(self, context: Context) -> bool:
        """One look at the folder; comes back after the quiet period while something is not whole."""
        form = {name: text for name in _FORM if (text := str(context["params"].get(name) or "").strip())}
        taken = self._take(form if form.get("kjennemerke") else {}, str(context["run_id"]))
        self.log.info("%s: %s", self.party_id, taken.sentence())
        if taken.waiting and int(context.get("task_reschedule_count", 0)) < LOOKS:
            again = datetime.now(UTC) + timedelta(seconds=self.party.wait_seconds + 1)
            raise AirflowRescheduleException(again)  # type: ignore[no-untyped-call]
        return True

    def _take(self, form: dict[str, str], run_id: str) -> Taken:
        from include.journey.leasing.collect import collect, take_form
        from include.ledger import pools
        from samsvar.house import POOLS

        environment = self.settings.environment
        with self.locked() as connection:
            pools.refuse_missing(connection, POOLS)
            if form:
                take_form(connection, self.party, self.vault, environment, form, run_id)
            return asyncio.run(self._collect(connection, collect))

    async def _collect(self, connection: Any, collect: Any) -> Taken:
        from include.drop.drop import Drop

        async with Drop(self.drop_settings) as drop:
            taken: Taken = await collect(connection, drop, self.party, self.vault, self.settings.environment)
        return taken
