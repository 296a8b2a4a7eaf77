"""Decide: the form's decision about one change whose outcome nobody knows, in the name of who triggered the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import PersonMustAct
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class DecideLeasingOperator(BaseOperator):
    """Skips when the form's `change` is empty. Clearing it decides nothing twice."""

    ui_color = "#e8e0f3"

    @plainly
    def execute(self, context: Context) -> str:
        """Returns what was decided, by whom, in one line."""
        params = context["params"]
        if not params.get("change"):
            raise AirflowSkipException("Nothing is to be decided by hand.")
        by = context["dag_run"].triggering_user_name
        if not by:
            raise PersonMustAct("A decision needs a person: trigger the DAG in the UI, logged in under your own name.")
        said = self._decide(int(params["change"]), str(params["decision"]), by, str(params["words"] or "").strip())
        self.log.info("%s", said)
        return said

    @staticmethod
    def _decide(change: int, choice: str, by: str, words: str) -> str:
        from include.ledger import leasing_settling
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        with connect(WarehouseHook().dsn()) as connection:
            return leasing_settling.decide(connection, change, choice, by=by, words=words)
