"""Plan: give every open document of a party a lot of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class PlanLotsOperator(PartyStep, BaseOperator):
    """Returns the run's lots as `[{"lot": 1, "of": 12}, …]`; planning again returns the same ones.

    Skips when there are neither new files nor open documents. A run triggered with the form *send refused again*
    opens the chosen refused documents first.
    """

    ui_color = "#d7e8f7"

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> list[dict[str, int]]:
        """Plans under the party's lock."""
        from include.ledger import lots
        from include.ledger.locks import party_lock
        from include.ledger.refused import send_again
        from include.ledger.warehouse import connect

        with connect(self.dsn) as connection, party_lock(connection, self.party_id):
            again = send_again(connection, self.party_id, _selection(context["params"]))
            planned = lots.plan(connection, self.party_id, str(context["run_id"]), self.party.lot_size)
            connection.commit()
        if again:
            self.log.info("%s: %d refused documents are sent again", self.party_id, again)
        if not planned:
            raise AirflowSkipException(f"{self.party_id}: nothing to do, no new file and no open document.")
        self.log.info("%s: %d sightings in %d lots", self.party_id, sum(lot.size for lot in planned), len(planned))
        return [{"lot": lot.lot, "of": lot.of} for lot in planned]


def _selection(params: Any) -> Any:
    from include.ledger.refused import RefusedSelection

    fields = {name: params.get(f"again_{name}") or None for name in RefusedSelection.__dataclass_fields__}
    return RefusedSelection(**fields)
