"""Ask: look up everything that one party's open questions ask for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.lookups import Lookup


class AskRegisterOperator(PartyStep, BaseOperator):
    """Asks in bulk and commits group by group. Clearing it asks only for what is still open.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#fbe6c8"
    template_fields: Sequence[str] = ("party_id",)

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the round's summary, the line an operator reads first."""
        from include.journey.lookup_ask import ask
        from include.ledger.warehouse import connect
        from samsvar.hooks.register import register_for

        del context
        register = register_for(self.party)
        with connect(self.dsn) as connection, contextlib.closing(register) if register else contextlib.nullcontext():
            result = ask(connection, self.party_id, register, self._owners)
            self._forget_names(connection)
        summary = result.sentence(self.party_id)
        self.log.info("%s", summary)
        return summary

    def _owners(self, question: Lookup) -> Mapping[int, str]:
        """Owners' names from where they are: the form's Variable, or the file that still lies at the drop."""
        from include.journey.lookup_ask import THE_ONE
        from samsvar.hooks.owner_variable import owner_name

        if question.owner_variable is None:
            return asyncio.run(self._of_file(question))
        name = owner_name(question.owner_variable)
        return {THE_ONE: name} if name else {}

    async def _of_file(self, question: Lookup) -> Mapping[int, str]:
        from include.drop.drop import Drop
        from include.journey.lookup_take import owners_of
        from samsvar.hooks.ecoc_drop import EcocDropHook
        from samsvar.hooks.masking import mask

        async with Drop(EcocDropHook(self.party.connections.ecoc_sftp).settings()) as drop:
            owners = await owners_of(drop, self.party, question)
        mask([*owners.values(), *(word for name in owners.values() for word in name.split())])
        return owners

    def _forget_names(self, connection: Any) -> None:
        """A name that was searched for is deleted, also one that a killed try of this task left."""
        from include.ledger.lookups import unfinished
        from samsvar.hooks.owner_variable import forget

        for question in unfinished(connection, self.party_id):
            if question.owner_variable and question.state == "DONE":
                forget(question.owner_variable)
