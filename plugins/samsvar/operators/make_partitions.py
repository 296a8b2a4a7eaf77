"""Make partitions: the ledger's coming months have their tables before the first row of them is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from samsvar.each_warehouse import EachWarehouse
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.warehouse import Connection


class MakePartitionsOperator(EachWarehouse, BaseOperator):
    """Makes the months ahead that are missing; clearing it does nothing more."""

    ui_color = "#e3e3e3"

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Returns one sentence for each warehouse."""
        del context
        return self.in_each_warehouse()

    def work(self, connection: Connection) -> str:
        """In one warehouse."""
        from include.ledger.migrate import MONTHS_AHEAD, make_partitions

        make_partitions(connection)
        return f"the tables of the next {MONTHS_AHEAD} months are there"
