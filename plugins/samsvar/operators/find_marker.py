"""Find: where the marker of a feed stands, and what setting it back would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.customs_step import CustomsStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class FindMarkerOperator(CustomsStep, BaseOperator):
    """Looks up the form's party and feed; changes nothing. Returns what `rewind` needs and a sentence for a person."""

    ui_color = "#d7e8f7"
    party_id = ""

    @plainly
    def execute(self, context: Context) -> dict[str, Any]:
        """Raises ConfigurationError when there is no such party, feed or signal."""
        from include.ledger import feeds, rewinding

        form = context["params"]
        self.party_id = str(form["party"]).strip()
        with self.desk() as desk:
            feed = feeds.feed_of(desk.connection, desk.organisation_id, str(form["feed"]))
            target = rewinding.target(desk.connection, feed, str(form["to"] or "").strip(), self.party.timezone)
        found = {"party": self.party_id, "feed": feed.endpoint, "from": feed.marker, "to": target.marker}
        return {**found, "reason": str(form["reason"]).strip(), "sentence": target.sentence(self.party_id, feed)}
