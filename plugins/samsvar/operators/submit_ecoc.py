"""Submit: send one lot to Statens vegvesen, each document exactly once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from include.errors import SamsvarError
from samsvar.step import LotRef, PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.baseline import Asking
    from include.journey.flight import Work
    from include.journey.submit import Submitted
    from include.vegvesen.client import VegvesenClient
    from include.vegvesen.settings import VegvesenSettings


class SubmitEcocOperator(PartyStep, BaseOperator):
    """Asks the ledger what is PENDING in its lot and sends that. Clearing it sends what is still open and says so.

    :param lot: `{"lot": n, "of": m}` from the plan
    """

    ui_color = "#fbe6c8"
    template_fields: Sequence[str] = ("lot",)

    def __init__(self, *, party_id: str, lot: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id
        self.lot = lot
        self._killed = False
        self._stop: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    @plainly
    def execute(self, context: Context) -> None:
        """Opens what is valid, then sends what is pending."""
        from include.journey.flight import Work
        from samsvar.hooks.vegvesen import VegvesenHook

        ref = self.lot_ref(context, self.lot)
        connections = self.party.connections
        hook = VegvesenHook(connections.vegvesen, maskinporten_conn_id=connections.maskinporten)
        client = hook.client(self.party.consumer_org)
        opened = self._open(ref)
        work = Work(self.party_id, ref.run_id, ref.lot_no, self.try_owner(context), context["ti"].try_number)
        with self._asking() as asking:
            sent = asyncio.run(self._send(work, ref.label, client, hook.settings(), asking))
        nothing = "nothing to send, no document of this lot is waiting"
        self.log.info("%s: %s", ref.label, sent.sentence() if opened or sent.total else nothing)

    def _open(self, ref: LotRef) -> int:
        from include.journey.submit import open_lot
        from include.ledger.warehouse import connect

        with connect(self.dsn) as connection:
            return open_lot(connection, self.party, ref.run_id, ref.lot_no)

    def on_kill(self) -> None:
        """Airflow asks us to stop: claim no more, give back what was not written, wait a moment for answers."""
        self._killed = True
        if self._stop is not None:
            loop, event = self._stop
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(event.set)

    @contextlib.contextmanager
    def _asking(self) -> Iterator[Asking | None]:
        """The register to ask before sending. One that is wrongly set up is told and never stops a send."""
        from include.journey.baseline import Asking
        from samsvar.hooks.register import register_for

        try:
            register = register_for(self.party)
        except SamsvarError as error:
            self.log.warning("%s: documents are sent without asking the register first: %s", self.party_id, error)
            register = None
        with contextlib.closing(register) if register else contextlib.nullcontext():
            yield Asking(register, every=self.party.baseline) if register else None

    async def _send(
        self, work: Work, label: str, client: VegvesenClient, settings: VegvesenSettings, asking: Asking | None
    ) -> Submitted:
        from include.journey.submit import submit_lot

        stop = asyncio.Event()
        self._stop = (asyncio.get_running_loop(), stop)
        if self._killed:
            stop.set()
        async with client:
            return await submit_lot(
                self.dsn,
                work=work,
                label=label,
                settings=settings,
                sender=client,
                store=self.store,
                stop=stop,
                asking=asking,
            )
