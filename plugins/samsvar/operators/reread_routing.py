"""Reread: what customs put in behind the marker in the last two days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.customs_step import CustomsStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.feeds import Feed
    from include.toll.polling import TollPolls


class RereadRoutingOperator(CustomsStep, BaseOperator):
    """Reads each feed again up to its marker, which it does not move. Safe to clear at any time.

    :param party_id: the party, as in parties.yaml, whose token shows the signals
    """

    ui_color = "#d7e8f7"

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the summary an operator reads first."""
        from include.journey.reread import reread

        del context
        with self.desk() as desk:

            def again(polls: TollPolls, feed: Feed) -> Any:
                endpoint: Any = feed.endpoint
                return reread(desk.connection, polls, feed, endpoint, party=self.party_id)

            read = self.read(desk, self.party.routing_feeds, again)
        return "; ".join(one.sentence() for one in read)
