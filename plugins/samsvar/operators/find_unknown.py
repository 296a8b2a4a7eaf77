"""Find: which parties have an outcome that nobody knows and that can be settled now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import SamsvarError
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class FindUnknownOperator(BaseOperator):
    """Returns the ids of the parties whose unknown outcomes are past their time to settle; skips when there are none.

    A party without a good block in parties.yaml is named in the log and left alone.
    """

    ui_color = "#d7e8f7"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._failed: list[SamsvarError] = []

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Looks into every warehouse that a party names."""
        from include.config.parties import load_parties

        del context
        parties = load_parties()
        homes = {party.id: party.connections.warehouse for party in parties.good.values()}
        due = [(conn_id, party) for conn_id in sorted(set(homes.values())) for party in self._due(conn_id)]
        if stray := sorted({party for _, party in due} - set(homes)):
            self.log.warning("Unknown outcomes wait for parties without a good block: %s", ", ".join(stray))
        found = [party for conn_id, party in due if homes.get(party) == conn_id]
        if not found:
            self._raise_if_blind(set(homes.values()))
            raise AirflowSkipException("No outcome is unknown, or none has settled yet.")
        return found

    def _due(self, conn_id: str) -> Iterator[str]:
        from include.ledger.resolving import parties_with_due
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        try:
            with connect(WarehouseHook(conn_id).dsn()) as connection:
                yield from parties_with_due(connection)
        except SamsvarError as error:
            self.log.warning("%s", error)
            self._failed.append(error)

    def _raise_if_blind(self, warehouses: set[str]) -> None:
        """One warehouse that is away must not hide what waits in another; none at all is an error."""
        if self._failed and len(self._failed) == len(warehouses):
            raise self._failed[0]
