"""Tell: write the receipts of lists and documents whose deletions moved on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class TellDeletionsOperator(PartyStep, BaseOperator):
    """Replaces every receipt that is behind. Idempotent: clearing it writes what is left.

    :param asked: an object that names the `party`
    """

    ui_color = "#e8e0f3"
    template_fields = ("asked",)

    def __init__(self, *, asked: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = asked

    @plainly
    def execute(self, context: Context) -> None:
        """Under the party's lock, as everything that writes at the drop."""
        from include.journey.watch import alerts_of_unknown
        from include.ledger.locks import party_lock
        from include.ledger.warehouse import connect
        from samsvar.telling import tell

        del context
        self.party_id = str(self.asked["party"])
        with connect(self.dsn) as connection:
            with party_lock(connection, self.party_id, shared=True):
                count = asyncio.run(self._tell(connection))
            self.log.info("%s: %d receipts written", self.party_id, count)
            tell(connection, self.party, alerts_of_unknown(connection, self.party))

    async def _tell(self, connection: Any) -> int:
        from include.drop.drop import Drop
        from include.journey.deletion_lists import tell
        from include.ledger.warehouse import now_of
        from samsvar.hooks.ecoc_drop import EcocDropHook

        async with Drop(EcocDropHook(self.party.connections.ecoc_sftp).settings()) as drop:
            return await tell(connection, drop, self.party, now_of(connection))
