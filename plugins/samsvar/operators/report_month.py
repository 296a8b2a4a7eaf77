"""Report: the month that ended, as one page in the party's receipts, and by mail where the party wants it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.exports.audience import Period
    from include.exports.report import Report


class FindReportsOperator(BaseOperator):
    """Names the parties whose report of a month is still to be handed out; skips when there are none.

    :param month: a day of the month (YYYY-MM-DD), then reports are written again; empty: the month that ended last
    """

    ui_color = "#d9f0e3"
    template_fields = ("month",)

    def __init__(self, *, month: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.month = month

    @plainly
    def execute(self, context: Context) -> list[dict[str, str]]:
        """Returns one `{party_id, month}` for each."""
        from include.config.parties import load_parties
        from samsvar.exporting import month_of

        del context
        again = self.month not in (None, "", "None")
        month = month_of(self.month) if again else month_of(None).before
        wanted = [one for one in load_parties().good.values() if one.monthly_report != "off" and one.enabled]
        found = [one.id for one in wanted if again or self._is_due(one, month)]
        if not found:
            raise AirflowSkipException(f"Every report of {month.name} is handed out.")
        return [{"party_id": party, "month": month.name} for party in found]

    def _is_due(self, party: Any, month: Period) -> bool:
        from include.ledger import reports
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        with connect(WarehouseHook(party.connections.warehouse).dsn()) as connection:
            since = reports.first_day_seen(connection, party.id)
            done = reports.handed_out(connection, month.first)
        if since is None or since > month.last:
            return False  # the party was not here yet
        return party.id not in done or (party.monthly_report == "mail" and not done[party.id])


class ReportMonthOperator(PartyStep, BaseOperator):
    """Draws one party's report, puts it into `receipts/` of its drop, then mails it. Clearing it writes it again.

    :param party_id: the party, as in parties.yaml
    :param month: such as 2026-11
    """

    ui_color = "#d9f0e3"

    def __init__(self, *, party_id: str, month: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id
        self.month = month

    @plainly
    def execute(self, context: Context) -> str:
        """Returns the report's sentence."""
        import hashlib

        from include.ledger import reports
        from include.ledger.warehouse import connect

        del context
        with connect(self.dsn) as connection:
            month, report = self._draw(connection)
            content = report.html.encode()
            asyncio.run(self._put(f"report-{month.name}.html", content))
            mailed = self._mail(f"report-{month.name}.html", content, report.sentence)
            reports.record(connection, self.party_id, month.first, hashlib.sha256(content).hexdigest(), mailed=mailed)
        return report.sentence

    def _draw(self, connection: Any) -> tuple[Period, Report]:
        from datetime import UTC, datetime

        from include.exports.report import monthly_report
        from samsvar.exporting import month_of

        month, party = month_of(self.month), self.party
        return month, monthly_report(connection, party.id, party.name, month, party.language, datetime.now(UTC))

    async def _put(self, name: str, content: bytes) -> None:
        from include.drop.drop import Drop
        from samsvar.hooks.ecoc_drop import EcocDropHook

        folder = f"{self.party.drop}/receipts"
        async with Drop(EcocDropHook(self.party.connections.ecoc_sftp).settings()) as drop:
            await drop.make_folders(folder)
            await drop.write(f"{folder}/{name}".encode(), content)

    def _mail(self, name: str, content: bytes, sentence: str) -> bool:
        from samsvar.notifiers.attachment import mail_attached

        return self.party.monthly_report == "mail" and mail_attached(self.party, sentence, name, content)
