"""Poll routing: read one organisation's control signals to the end of each feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.customs_asset import announce
from samsvar.customs_step import CustomsStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.feeds import Feed
    from include.toll.polling import TollPolls


class PollRoutingOperator(CustomsStep, BaseOperator):
    """Stores every new signal with the marker, tells what is loud and writes receipts. Safe to clear at any time.

    :param party_id: the party, as in parties.yaml, whose token shows the signals
    :param outlets: must hold CONTROL_SIGNALS, through which control signals are announced
    """

    ui_color = "#d7e8f7"

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the summary an operator reads first; skipped when nothing was new."""
        from include.journey.poll_routing import poll_routing

        with self.desk() as desk:

            def poll(polls: TollPolls, feed: Feed) -> Any:
                endpoint: Any = feed.endpoint
                return poll_routing(desk.connection, polls, feed, endpoint, party=self.party_id)

            read = self.read(desk, self.party.routing_feeds, poll)
            announced = announce(context, desk.connection, desk.organisation_id, self.party_id)
        self.skip_unless(announced > 0 or any(one.pages for one in read), read)
        return "; ".join(one.sentence() for one in read)
