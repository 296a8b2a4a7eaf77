"""Validate: check one lot's documents by our own rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ivi.context import CheckContext


class ValidateEcocOperator(PartyStep, BaseOperator):
    """Pure: the same bytes and rules give the same findings. Clearing it re-checks INVALID documents by new rules.

    :param lot: `{"lot": n, "of": m}` from the plan
    """

    ui_color = "#e3f1dd"
    template_fields: Sequence[str] = ("lot",)

    def __init__(self, *, party_id: str, lot: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id
        self.lot = lot

    # longer because it names everything that a pure check depends on
    @plainly
    def execute(self, context: Context) -> None:
        """Validates in groups; each group is committed with its findings."""
        from include.journey.validate import validate_lot
        from include.ledger.warehouse import connect

        ref = self.lot_ref(context, self.lot)
        with connect(self.dsn) as connection:
            result = validate_lot(
                connection,
                self.store,
                self.party,
                run_id=ref.run_id,
                lot_no=ref.lot_no,
                label=ref.label,
                circumstances=self._circumstances(),
            )
        self.log.info("%s: %d valid, %d invalid", ref.label, result.valid, result.invalid)

    def _circumstances(self) -> CheckContext:
        from include.journey.validate import circumstances_of
        from samsvar.hooks.vegvesen import VegvesenHook

        authority = VegvesenHook(self.party.connections.vegvesen).settings()
        today = datetime.now(ZoneInfo(self.party.timezone)).date()
        return circumstances_of(
            self.party, environment=authority.environment, today=today, versions=authority.ivi_versions
        )
