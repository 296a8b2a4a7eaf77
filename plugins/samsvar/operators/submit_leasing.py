"""Submit: send a party's changes of leaseholders to Statens vegvesen, each at most once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.leasing_step import LeasingStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.leasing.submit import LeasingWork, Sent


class SubmitLeasingOperator(LeasingStep, BaseOperator):
    """Asks the ledger what is pending and sends that. Clearing it sends what is still open and says so.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#fbe6c8"
    template_fields: Sequence[str] = ("party_id",)  # a mapped group's argument comes through rendering only

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id
        self._killed = False
        self._stop: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the counts, the line an operator reads first."""
        from include.journey.leasing.submit import LeasingWork

        work = LeasingWork(self.party_id, str(context["run_id"]), self.try_owner(context))
        client = self.hook.leasing_client(self.party.consumer_org)
        said = f"{self.party_id}: {asyncio.run(self._send(work, client)).sentence()}"
        self.log.info("%s", said)
        return said

    def on_kill(self) -> None:
        """Airflow asks us to stop: claim no more, give back what was not written, wait a moment for answers."""
        self._killed = True
        if self._stop is not None:
            loop, event = self._stop
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(event.set)

    async def _send(self, work: LeasingWork, client: Any) -> Sent:
        from include.journey.leasing.submit import submit_changes

        stop = asyncio.Event()
        self._stop = (asyncio.get_running_loop(), stop)
        if self._killed:
            stop.set()
        async with client:
            return await submit_changes(
                self.dsn, work=work, settings=self.settings, sender=client, vault=self.vault, stop=stop
            )
