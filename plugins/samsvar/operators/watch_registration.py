"""Watch: look one party's accepted vehicles up until they are registered. Sends nothing."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class WatchRegistrationOperator(PartyStep, BaseOperator):
    """Asks the register about what is due. Clearing it asks only for what is still due.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#fbe6c8"

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the round's summary, the line an operator reads first."""
        from include.journey.registration import watch
        from include.ledger.warehouse import connect
        from samsvar.hooks.register import register_for

        del context
        register = register_for(self.party)
        with connect(self.dsn) as connection, contextlib.closing(register) if register else contextlib.nullcontext():
            summary = watch(connection, self.party, register).sentence()
        self.log.info("%s", summary)
        return summary
