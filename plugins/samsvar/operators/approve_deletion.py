"""Approve: a person says yes or no to a party's deletions, and the ledger keeps the name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from include.errors import PersonMustAct
from samsvar.step import PartyStep

if TYPE_CHECKING:
    from airflow.sdk import Context


class ApproveDeletionOperator(PartyStep, ApprovalOperator):
    """Waits under *Required Actions*. The answer is written into the ledger here, when it comes, and nowhere else.

    A task that is marked as success has no answer, so nothing was approved and nothing leaves. Cleared after an answer
    it asks again, and finds that nothing waits any more.

    :param asked: `{"party", "number", "body"}` from `find`
    """

    ui_color = "#e8e0f3"
    template_fields = ("asked", *ApprovalOperator.template_fields)

    def __init__(self, *, asked: Any, **kwargs: Any) -> None:
        super().__init__(subject="Delete these vehicles at Statens vegvesen?", **kwargs)
        self.asked = asked

    def execute(self, context: Context) -> Any:
        """Puts the question."""
        number = int(self.asked["number"])
        self.subject = f"{self.asked['party']}: delete {number} vehicle{'s' if number != 1 else ''}?"
        self.body = str(self.asked["body"])
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """The answer has come, or the time to answer is over."""
        if "error" not in event:
            self._write_down(str(context["run_id"]), event)
        return super().execute_complete(context, event)

    def _write_down(self, run_id: str, event: dict[str, Any]) -> None:
        from include.ledger import deletion_requests
        from include.ledger.warehouse import connect

        self.party_id = str(self.asked["party"])
        user = event.get("responded_by_user") or {}
        by = str(user.get("name") or user.get("id") or "").strip()
        if not by:
            raise PersonMustAct("An approval needs the name of a person; nothing was approved.")
        with connect(self.dsn) as connection:
            if event["chosen_options"] == [self.APPROVE]:
                number = deletion_requests.approve(connection, self.party_id, self.party.sender, run_id, by=by)
                self.log.info("%s: %d deletions approved by %s", self.party_id, number, by)
            else:
                number = deletion_requests.decline(connection, self.party_id, run_id, by=by)
                self.log.info("%s: %d deletions declined by %s", self.party_id, number, by)
