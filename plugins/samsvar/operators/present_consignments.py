"""Present: what is open of a party goes to customs, each consignment once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.errand import Presented


class PresentConsignmentsOperator(PartyStep, BaseOperator):
    """Asks the ledger what may be sent now and sends that, repetitions of unknown ends included.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#fbe6c8"
    template_fields: Sequence[str] = ("party_id",)

    def __init__(self, *, party_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id
        self._killed = False
        self._stop: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    @plainly
    def execute(self, context: Context) -> None:
        """Presents; the summary is in the log."""
        from samsvar.hooks.toll import TollHook

        hook = TollHook.of(self.party)
        settings, client = hook.settings(), hook.client_for(self.party)
        try:
            presented = asyncio.run(self._present(context, settings, client))
        finally:
            self._alert()
        self.log.info("%s: %s", self.party_id, presented.sentence())

    def on_kill(self) -> None:
        """Airflow asks us to stop: claim no more, and wait a moment for answers."""
        self._killed = True
        if self._stop is not None:
            loop, event = self._stop
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(event.set)

    async def _present(self, context: Context, settings: Any, client: Any) -> Presented:
        from include.journey.errand import Pace
        from include.journey.present import present_party

        stop = asyncio.Event()
        self._stop = (asyncio.get_running_loop(), stop)
        if self._killed:
            stop.set()
        pace = Pace(
            environment=settings.environment,
            max_parallel=settings.max_parallel,
            total_timeout=settings.total_timeout,
            settle_seconds=settings.settle_seconds,
        )
        async with client:
            return await present_party(
                self.dsn,
                party=self.party_id,
                run_id=str(context["run_id"]),
                owner=self.try_owner(context),
                pace=pace,
                presenter=client,
                stop=stop,
                try_number=context["ti"].try_number,
            )

    def _alert(self) -> None:
        from include.journey.present_alerts import alerts_of_presentations
        from include.ledger.warehouse import connect
        from samsvar.telling import tell

        with connect(self.dsn) as connection:
            tell(connection, self.party, alerts_of_presentations(connection, self.party))
