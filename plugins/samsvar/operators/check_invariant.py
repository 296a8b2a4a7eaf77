"""Check: one thing that must always hold; red with the rows that break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class CheckInvariantOperator(BaseOperator):
    """A data-quality check over what the reconciliation found.

    Airflow's own SQL checks say that a number is not zero; this one says which rows, in words, and what to do.

    :param kind: the kind of difference that must not be, a file in include/ledger/differences
    """

    ui_color = "#f7d7e0"

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    @plainly
    def execute(self, context: Context) -> str:
        """Returns one line when it holds in every warehouse."""
        from include.config.parties import load_parties
        from include.journey.reconcile_days import check_invariant
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        del context
        said = f"{self.kind}: no warehouse"
        for warehouse in sorted({party.connections.warehouse for party in load_parties().good.values()}):
            with connect(WarehouseHook(warehouse).dsn()) as connection:
                said = check_invariant(connection, self.kind)
        return said
