"""Reconcile: prove the sums, say what happened, tell who must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from include.errors import PersonMustAct
from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.reconcile import Reconciled


class ReconcileEcocOperator(PartyStep, BaseOperator):
    """Runs after everything, whatever happened: counts, alerts, and then fails if a task failed or sums differ."""

    ui_color = "#f7d7e0"

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the run's summary, the line an operator reads first."""
        from include.journey.reconcile import reconcile
        from include.ledger.warehouse import connect

        run_id = str(context["run_id"])
        with connect(self.dsn) as connection:
            result = reconcile(connection, self.party, run_id)
            self._record(connection, context, result)
        self.log.info("%s", result.summary)
        if result.unsent:
            self.log.warning("%s", result.unsent)
        result.raise_if_broken()
        self._raise_if_failed(context, result.summary)
        return result.summary

    def _record(self, connection: Any, context: Context, result: Reconciled) -> None:
        from include.journey.reconcile import record_end
        from include.journey.watch import alerts_of_run
        from samsvar.telling import tell

        run_id = str(context["run_id"])
        record_end(connection, self.party, run_id, result, began=context["dag_run"].start_date)
        tell(connection, self.party, alerts_of_run(connection, self.party, run_id))

    def _raise_if_failed(self, context: Context, summary: str) -> None:
        run_id = str(context["run_id"])
        states = context["ti"].get_task_states(dag_id=self.dag_id, run_ids=[run_id]).get(run_id, {})
        failed = sorted(_as_seen(task) for task, state in states.items() if state == "failed" and task != self.task_id)
        if failed:
            raise PersonMustAct(
                f"Not everything ran: {', '.join(failed)} failed. Mend what their logs name, then clear them with "
                f"downstream; only what is open is done again. {summary}"
            )


def _as_seen(task: str) -> str:
    """A task as the UI shows it: `lot.submit_0` is the submit of lot 1."""
    group, _, index = task.rpartition("_")
    if group.startswith("lot.") and index.isdigit():
        return f"{group.removeprefix('lot.')} of lot {int(index) + 1}"
    return task
