"""Reconcile: every row of every leasing file is in one state, every outcome has its evidence, and nothing failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from include.errors import PersonMustAct, SumsDiffer
from samsvar.leasing_step import LeasingStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class ReconcileLeasingOperator(LeasingStep, BaseOperator):
    """Runs after everything, whatever happened: counts, and then fails if a task of the party failed or sums differ.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#f7d7e0"
    template_fields: Sequence[str] = ("party_id",)  # a mapped group's argument comes through rendering only

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the summary, the line an operator reads first."""
        states, faults = self._look()
        order = ("ACCEPTED", "REFUSED", "INVALID", "DUPLICATE", "PENDING", "SENT", "UNKNOWN", "NEEDS_PERSON")
        counted = ", ".join(f"{states[state]} {state.lower()}" for state in order if states.get(state))
        said = f"{self.party_id}: {counted or 'no changes'} (40 days)"
        self.log.info("%s", said)
        if faults:
            raise SumsDiffer(
                f"{self.party_id}: {'; '.join(faults)}. Nothing was changed; please report it with this line."
            )
        self._raise_if_failed(context, said)
        return said

    def _look(self) -> tuple[dict[str, int], list[str]]:
        from include.ledger import leasing_filing
        from include.ledger.warehouse import connect

        with connect(self.dsn) as connection:
            return leasing_filing.count_states(connection, self.party_id), leasing_filing.broken_sums(
                connection, self.party_id
            )

    def _raise_if_failed(self, context: Context, said: str) -> None:
        run_id, ti = str(context["run_id"]), context["ti"]
        states = ti.get_task_states(dag_id=self.dag_id, run_ids=[run_id]).get(run_id, {})
        ending = f"_{ti.map_index}"
        failed = sorted(
            task.removesuffix(ending).removeprefix("party.")
            for task, state in states.items()
            if state == "failed" and task.endswith(ending) and task.startswith("party.")
        )
        if failed:
            raise PersonMustAct(
                f"{self.party_id}: {', '.join(failed)} failed. Mend what the log names, then clear it with downstream; "
                f"only what is open is done again. {said}"
            )
