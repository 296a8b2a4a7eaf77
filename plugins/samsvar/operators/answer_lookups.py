"""Answer: write the receipts of one party's questions and file what is done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class AnswerLookupsOperator(PartyStep, BaseOperator):
    """Tells what is known, also while some is still open. Clearing it writes nothing that was told already.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#e8e0f3"
    template_fields: Sequence[str] = ("party_id",)

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> None:
        """Receipts go to `<drop>/receipts/`, files to `archive/` or `rejected/`."""
        del context
        self.log.info("%s", asyncio.run(self._tell()).sentence(self.party_id))

    async def _tell(self) -> Any:
        from include.drop.drop import Drop
        from include.journey.lookup_answer import answer
        from include.ledger.warehouse import connect, now_of
        from samsvar.hooks.ecoc_drop import EcocDropHook

        settings = EcocDropHook(self.party.connections.ecoc_sftp).settings()
        with connect(self.dsn) as connection:
            async with Drop(settings) as drop:
                return await answer(connection, drop, self.party, now=now_of(connection))
