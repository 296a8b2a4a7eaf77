"""Check: read the rows of what was taken, open the good ones with a requestId, keep the reasons of the bad ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.present_check import Checking


class CheckPresentationsOperator(PartyStep, BaseOperator):
    """Checks what was taken and not checked yet; each file is one transaction. Clearing it does what is left.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#e3f1dd"
    template_fields: Sequence[str] = ("party_id",)

    def __init__(self, *, party_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> None:
        """Opens what can be presented."""
        from include.journey.present_check import check_taken
        from include.ledger.locks import party_lock
        from include.ledger.warehouse import connect

        del context
        with connect(self.dsn) as connection, party_lock(connection, f"{self.party_id}/customs"):
            checked = check_taken(connection, self.store, self.party, self._checking())
        self.log.info("%s: %s", self.party_id, checked.sentence())

    def _checking(self) -> Checking:
        from include.journey.present_check import Checking
        from include.toll.codes import customs_offices
        from samsvar.customs_limits import again_days, max_rows
        from samsvar.hooks.toll import TollHook

        settings = TollHook.of(self.party).settings()
        return Checking(
            environment=settings.environment,
            offices=customs_offices(settings.customs_offices_file),
            guessed_levels=settings.guessed_levels,
            max_rows=max_rows(),
            arrives_again=timedelta(days=again_days()),
        )
