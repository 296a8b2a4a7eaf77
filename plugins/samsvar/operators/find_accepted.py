"""Find: which parties have accepted vehicles that are to be looked up now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import SamsvarError
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class FindAcceptedOperator(BaseOperator):
    """Begins the watch over what was accepted since, and returns the ids of the parties with something to look up.

    Skips when there are none. With the form's `now` nothing waits for its turn.
    """

    ui_color = "#d7e8f7"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._failed: list[SamsvarError] = []

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Looks into every warehouse that a party names."""
        from include.config.parties import load_parties

        params = context["params"]
        wanted = str(params.get("party") or "")
        homes = {party.id: party.connections.warehouse for party in load_parties().good.values()}
        due = [one for conn_id in sorted(set(homes.values())) for one in self._due(conn_id, homes, params.get("now"))]
        found = [party for party in due if wanted in ("", party)]
        if not found:
            self._raise_if_blind(set(homes.values()))
            raise AirflowSkipException("No accepted vehicle is to be looked up now.")
        return found

    def _due(self, conn_id: str, homes: dict[str, str], now: Any) -> Iterator[str]:
        from include.ledger import registration
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        mine = [party for party, home in homes.items() if home == conn_id]
        try:
            with connect(WarehouseHook(conn_id).dsn()) as connection:
                began = registration.enrol(connection)
                self.log.info("%s: the watch over %d accepted vehicles begins", conn_id, began)
                if now:
                    registration.everything_is_due(connection, mine)
                yield from (party for party in registration.parties_with_due(connection) if party in mine)
        except SamsvarError as error:
            self.log.warning("%s", error)
            self._failed.append(error)

    def _raise_if_blind(self, warehouses: set[str]) -> None:
        """One warehouse that is away must not hide what waits in another; none at all is an error."""
        if self._failed and len(self._failed) == len(warehouses):
            raise self._failed[0]
