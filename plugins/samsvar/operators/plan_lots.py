"""Plan: give every open document of a party a lot of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import ConfigurationError
from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.lots import Lot
    from include.ledger.refused import RefusedSelection


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
        """Plans; skips when there is nothing to do."""
        planned = self._plan(str(context["run_id"]), _selection(context["params"]))
        if not planned:
            self.log.info(nothing := f"{self.party_id}: nothing to do, no new file and no open document.")
            raise AirflowSkipException(nothing)
        self.log.info("%s: %d files in %d lot(s)", self.party_id, sum(lot.size for lot in planned), len(planned))
        return [{"lot": lot.lot, "of": lot.of} for lot in planned]

    def _plan(self, run_id: str, selection: RefusedSelection) -> list[Lot]:
        """Reopens and plans under the party's lock, in one commit."""
        from include.ledger import lots
        from include.ledger.locks import party_lock
        from include.ledger.refused import send_again
        from include.ledger.warehouse import connect

        with connect(self.dsn) as connection, party_lock(connection, self.party_id):
            again = send_again(connection, self.party_id, run_id, selection)
            planned = lots.plan(connection, self.party_id, run_id, self.party.lot_size)
            connection.commit()
        if not selection.is_empty and not again and not planned:
            raise ConfigurationError(
                f"{self.party_id}: the form *send refused again* selected no refused document ({selection}). "
                "Look into mart.ecoc_refusal, correct the form, and trigger again."
            )
        if again:
            self.log.info("%s: %d refused documents are sent again", self.party_id, again)
        return planned


def _selection(params: Any) -> RefusedSelection:
    from include.ledger.refused import RefusedSelection

    given = {name: str(params.get(f"again_{name}") or "").strip() for name in RefusedSelection.__dataclass_fields__}
    return RefusedSelection(**{name: value or None for name, value in given.items()})
