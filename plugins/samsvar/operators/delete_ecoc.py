"""Delete: send a party's approved deletions to Statens vegvesen, each exactly once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from include.errors import SamsvarError
from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.deleting import Deleted
    from include.register.port import Register
    from include.vegvesen.client import VegvesenClient
    from include.vegvesen.settings import VegvesenSettings


class DeleteEcocOperator(PartyStep, BaseOperator):
    """Asks the ledger what is approved and pending, and sends that. Clearing it sends what is left and says so.

    :param asked: an object that names the `party`
    """

    ui_color = "#fbe6c8"
    template_fields = ("asked",)

    def __init__(self, *, asked: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = asked
        self._killed = False
        self._stop: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the try's summary, the line an operator reads first."""
        from samsvar.hooks.vegvesen import VegvesenHook

        self.party_id = str(self.asked["party"])
        connections = self.party.connections
        hook = VegvesenHook(connections.vegvesen, maskinporten_conn_id=connections.maskinporten)
        client, owner = hook.client(self.party.consumer_org), self.try_owner(context)
        with self._register() as register:
            summary = asyncio.run(self._send(client, hook.settings(), owner, register)).sentence()
        self.log.info("%s", summary)
        return summary

    def on_kill(self) -> None:
        """Airflow asks us to stop: claim no more, give back what was not written."""
        self._killed = True
        if self._stop is not None:
            loop, event = self._stop
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                loop.call_soon_threadsafe(event.set)

    @contextlib.contextmanager
    def _register(self) -> Iterator[Register | None]:
        """The register to ask before sending; None where none is set up or the party does not want it."""
        from samsvar.hooks.register import register_for

        try:
            register = register_for(self.party) if self.party.baseline else None
        except SamsvarError as error:
            self.log.warning("%s: deletions are sent without asking the register first: %s", self.party_id, error)
            register = None
        with contextlib.closing(register) if register else contextlib.nullcontext():
            yield register

    async def _send(
        self, client: VegvesenClient, settings: VegvesenSettings, owner: str, register: Register | None
    ) -> Deleted:
        from include.journey.deleting import Work, delete_party

        stop = asyncio.Event()
        self._stop = (asyncio.get_running_loop(), stop)
        if self._killed:
            stop.set()
        async with client:
            work = Work(self.party_id, owner, settings, client, stop, register)
            return await delete_party(self.dsn, work)
