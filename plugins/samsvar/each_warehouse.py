"""What is done for every warehouse that a party names: one that is away does not keep the others from theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from include.errors import SamsvarError

if TYPE_CHECKING:
    from include.ledger.warehouse import Connection


class EachWarehouse:
    """Mixed into the operators of housekeeping, which work on a whole warehouse and not on one party."""

    log: Any

    def work(self, connection: Connection) -> str:
        """Does it in one warehouse and returns one sentence."""
        raise NotImplementedError

    def in_each_warehouse(self) -> list[str]:
        """One sentence for each warehouse. Raises the first failure, after all of them had their turn."""
        from include.config.parties import load_parties
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        homes = {party.connections.warehouse for party in load_parties().good.values()}
        said: list[str] = []
        failed: list[SamsvarError] = []
        for conn_id in sorted(homes or {WarehouseHook.default_conn_name}):
            try:
                with connect(WarehouseHook(conn_id).dsn()) as connection:
                    said.append(f"{conn_id}: {self.work(connection)}")
                    self.log.info("%s", said[-1])
            except SamsvarError as error:
                self.log.warning("%s: %s", conn_id, error)
                failed.append(error)
        if failed:
            raise failed[0]
        return said
