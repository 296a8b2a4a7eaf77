"""Delete payloads: the authorities' answers go when their time is over, with a row of proof for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.each_warehouse import EachWarehouse
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.warehouse import Connection


class DeletePayloadsOperator(EachWarehouse, BaseOperator):
    """Deletes what is older than `months`; the evidence itself (hashes, times, outcomes) stays for ever.

    :param months: how long a payload is kept: a whole number of months, as the environment names it
    """

    ui_color = "#e3e3e3"

    def __init__(self, *, months: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.months = months

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Returns one sentence for each warehouse."""
        del context
        return self.in_each_warehouse()

    def work(self, connection: Connection) -> str:
        """In one warehouse."""
        from include.ledger.retention import months_of, remove_old_payloads

        removed = remove_old_payloads(connection, months=months_of(self.months))
        return f"{removed} answers older than {self.months} months were deleted, each with a row in payload_removal"
