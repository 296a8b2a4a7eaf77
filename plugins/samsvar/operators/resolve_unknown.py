"""Resolve: settle one party's unknown outcomes by looking the vehicles up. Sends nothing."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class ResolveUnknownOperator(PartyStep, BaseOperator):
    """Asks the register about what is unknown and past its time to settle. Clearing it looks at what is due.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#fbe6c8"

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the round's summary, the line an operator reads first."""
        from include.ledger.warehouse import connect
        from samsvar.hooks.register import register_for

        del context
        register = register_for(self.party)
        with connect(self.dsn) as connection, contextlib.closing(register) if register else contextlib.nullcontext():
            return self._resolve(connection, register)

    def _resolve(self, connection: Any, register: Any) -> str:
        from include.journey.resolve import resolve_party
        from include.journey.watch import alerts_of_unknown
        from samsvar.telling import tell

        try:
            summary = resolve_party(connection, self.party_id, register).sentence()
            self.log.info("%s", summary)
            return summary
        finally:
            tell(connection, self.party, alerts_of_unknown(connection, self.party))
