"""Seal: every party's evidence of the days that are over gets its Merkle root, chained to the day before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from samsvar.each_warehouse import EachWarehouse
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.warehouse import Connection


class SealEvidenceOperator(EachWarehouse, BaseOperator):
    """Seals what is not sealed yet, however many days that are; clearing it seals nothing twice.

    The newest root of each party stands in the log: whoever keeps logs elsewhere can prove later that the whole chain
    was not made anew (`--anchor` of `verify-ledger`).
    """

    ui_color = "#e8d7f7"

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Returns one sentence for each warehouse."""
        del context
        return self.in_each_warehouse()

    def work(self, connection: Connection) -> str:
        """In one warehouse."""
        from include.ledger.sealing import seal
        from include.ledger.warehouse import now_of

        done = seal(connection, now=now_of(connection))
        for party, root in done.heads.items():
            self.log.info("%s: root of %s is %s", party or "the installation", done.through, root)
        return done.sentence()
