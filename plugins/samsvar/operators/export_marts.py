"""Export: workbook, CSV and Parquet of the current month, of every party and of all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.errors import SamsvarError


class ExportMartsOperator(BaseOperator):
    """Writes below SAMSVAR_EXPORTS, each export with its receiver's own rights. Skipped in runs that an asset started.

    :param month: a day of the month to export (YYYY-MM-DD); empty: the current one
    """

    ui_color = "#d9f0e3"
    template_fields = ("month",)

    def __init__(self, *, month: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.month = month

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Returns the folders written."""
        from include.config.parties import load_parties

        if str(context["dag_run"].run_type).endswith("asset_triggered"):
            raise AirflowSkipException("Exports are written by the clock and by hand, not after each importer's run.")
        homes: dict[str, list[str]] = {}
        for party in load_parties().good.values():
            homes.setdefault(party.connections.warehouse, []).append(party.id)
        written, failed = self._each(homes)
        if failed:
            raise failed[0]
        return written

    def _each(self, homes: dict[str, list[str]]) -> tuple[list[str], list[SamsvarError]]:
        """A party whose export fails must not keep the others from theirs."""
        from include.errors import SamsvarError
        from include.exports.audience import Audience
        from samsvar.exporting import write_export

        written, failed = [], []
        for warehouse, parties in sorted(homes.items()):
            for audience in (Audience(), *map(Audience, sorted(parties))):
                try:
                    found = write_export(warehouse, audience, self.month)
                except SamsvarError as error:
                    self.log.error("%s", error)
                    failed.append(error)
                    continue
                self.log.info("%s: %d rows", found.folder, sum(found.rows.values()))
                written.append(str(found.folder))
        return written, failed
