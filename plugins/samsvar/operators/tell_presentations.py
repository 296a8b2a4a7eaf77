"""Tell: receipts for every row that moved on, and presentation files out of the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from include.errors import PersonMustAct, ServiceUnavailable
from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.present_tell import Told


class TellPresentationsOperator(PartyStep, BaseOperator):
    """Runs whatever happened before it, writes receipts, files away, and then fails if a step of its party failed.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#e8e0f3"
    template_fields: Sequence[str] = ("party_id",)

    def __init__(self, *, party_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the summary, the line an operator reads first."""
        told = asyncio.run(self._tell())
        summary = f"{self.party_id}: {told.sentence()}"
        self.log.info("%s", summary)
        if told.failed:
            raise ServiceUnavailable(
                f"{self.party_id}: {told.failed} files or receipts could not be written at the drop; see above."
            )
        self._raise_if_failed(context, summary)
        return summary

    async def _tell(self) -> Told:
        from include.drop.drop import Drop
        from include.journey.present_tell import tell_party
        from include.ledger.locks import party_lock
        from include.ledger.warehouse import connect, now_of
        from samsvar.hooks.ecoc_drop import EcocDropHook

        settings = EcocDropHook(self.party.connections.ecoc_sftp).settings()
        with connect(self.dsn) as connection, party_lock(connection, f"{self.party_id}/customs"):
            async with Drop(settings) as drop:
                return await tell_party(connection, drop, self.store, self.party, now=now_of(connection))

    def _raise_if_failed(self, context: Context, summary: str) -> None:
        ti, run_id = context["ti"], str(context["run_id"])
        states = ti.get_task_states(dag_id=self.dag_id, run_ids=[run_id], map_index=ti.map_index).get(run_id, {})
        steps = ("read", "check", "present")
        failed = [step for step in steps for task, state in states.items() if state == "failed" and _step(task) == step]
        if failed:
            raise PersonMustAct(
                f"Not everything ran: {', '.join(failed)} failed. Mend what the log of it names, then clear it with "
                f"downstream; only what is open is done again. {summary}"
            )


def _step(task: str) -> str:
    """`party.read_0` and `party.read` are the step read."""
    return task.rpartition(".")[2].partition("_")[0]
