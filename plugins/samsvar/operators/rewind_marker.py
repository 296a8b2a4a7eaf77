"""Rewind: sets a marker back once a person has confirmed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from include.errors import ConfigurationError
from samsvar.customs_step import CustomsStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class RewindMarkerOperator(CustomsStep, BaseOperator):
    """Sets the marker back that `find` returned, if it has not moved since. Clearing it rewinds nothing twice.

    :param found: what `find` returned
    :param confirmed: what the confirmation returned: the answer and who gave it
    """

    ui_color = "#e8e0f3"
    template_fields = ("found", "confirmed")
    party_id = ""

    def __init__(self, *, found: Any, confirmed: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.found = found
        self.confirmed = confirmed

    @plainly
    def execute(self, context: Context) -> str:
        """Returns what was done, by whom, in one line."""
        from include.ledger import feeds, rewinding

        del context
        self.party_id = self.found["party"]
        with self.desk() as desk:
            feed = feeds.feed_of(desk.connection, desk.organisation_id, self.found["feed"])
            with feeds.reading(desk.connection, feed) as held:
                rewinding.rewind_from(desk.connection, held, self.found, by=self._name())
        said = (
            f"{self.party_id}: {feed.endpoint} is read again from {self.found['to'] or 'the start'}, by {self._name()}"
        )
        self.log.info("%s", said)
        return said

    def _name(self) -> str:
        user = (self.confirmed or {}).get("responded_by_user") or {}
        name = str(user.get("name") or user.get("id") or "")
        if not name:
            raise ConfigurationError("Nobody's name stands on the confirmation; trigger the form anew and approve it.")
        return name
