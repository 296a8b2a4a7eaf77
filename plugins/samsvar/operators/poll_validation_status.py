"""Poll validation status: what customs found of one organisation's presentations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.customs_step import CustomsStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.feeds import Feed
    from include.toll.polling import TollPolls


class PollValidationStatusOperator(CustomsStep, BaseOperator):
    """Stores every new status, tells the presentations, and alerts what failed. Safe to clear at any time.

    :param party_id: the party, as in parties.yaml, whose token shows the statuses
    """

    ui_color = "#d7e8f7"

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the summary an operator reads first; skipped when nothing was new."""
        from include.journey.poll_validation import poll_validation
        from include.ledger.feeds import STATUSES

        del context
        with self.desk() as desk:

            def poll(polls: TollPolls, feed: Feed) -> Any:
                return poll_validation(desk.connection, polls, feed, desk.settings.validation_status_mode)

            read = self.read(desk, (STATUSES,), poll)
        self.skip_unless(any(one.changed for one in read), read)
        return "; ".join(one.sentence() for one in read)
