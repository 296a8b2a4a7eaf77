"""Settle: what became of changes whose outcome nobody knows, and does the register show the others? Sends nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.leasing_step import LeasingStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class SettleLeasingOperator(LeasingStep, BaseOperator):
    """Asks the register who leases the vehicle now, where it can say so; else the change waits for a person.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#fbe6c8"
    template_fields: Sequence[str] = ("party_id",)  # a mapped group's argument comes through rendering only

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the round's summary."""
        from include.journey.leasing.confirm import confirm_changes
        from include.journey.leasing.settle import settle_changes
        from include.leasing.change import holder_mark
        from include.ledger.warehouse import connect
        from samsvar.hooks.register import register_for

        del context
        register = register_for(self.party, leaseholders=partial(holder_mark, self.vault))
        with connect(self.dsn) as connection, contextlib.closing(register) if register else contextlib.nullcontext():
            settled = settle_changes(connection, self.party_id, register).sentence() or "nothing to settle"
            said = "; ".join(filter(None, (settled, confirm_changes(connection, self.party_id, register))))
        self.log.info("%s: %s", self.party_id, said)
        return f"{self.party_id}: {said}"
