"""Find: which parties have a deletion that is approved and not sent, from an earlier run or to be sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import SamsvarError
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class FindApprovedDeletionsOperator(BaseOperator):
    """Returns `[{"party": id}, …]`; skips when nothing is left to send."""

    ui_color = "#d7e8f7"

    @plainly
    def execute(self, context: Context) -> list[dict[str, str]]:
        """One element for each party, or a skip."""
        del context
        found = self._found()
        if not found:
            raise AirflowSkipException("No approved deletion is left to send.")
        return found

    def _found(self) -> list[dict[str, str]]:
        """Looks into every warehouse that a party names; one that is away hides no other."""
        from include.config.parties import load_parties

        homes = {party.id: party.connections.warehouse for party in load_parties().good.values()}
        found, failed = [], []
        for conn_id in sorted(set(homes.values())):
            try:
                found += [{"party": party} for party in _pending(conn_id) if homes.get(party) == conn_id]
            except SamsvarError as error:
                self.log.warning("%s", error)
                failed.append(error)
        if failed and len(failed) == len(set(homes.values())):
            raise failed[0]
        return found


def _pending(conn_id: str) -> list[str]:
    from include.ledger.deleting import parties_with_pending
    from include.ledger.warehouse import connect
    from samsvar.hooks.warehouse import WarehouseHook

    with connect(WarehouseHook(conn_id).dsn()) as connection:
        return parties_with_pending(connection)
