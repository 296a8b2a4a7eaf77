"""Take: what a form and the files in lookups/ ask for becomes questions in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import PartyStep, plainly

if TYPE_CHECKING:
    from datetime import datetime

    from airflow.sdk import Context

_FIELDS = {"plates": "kjennemerke", "kuids": "kuid", "vins": "understellsnummer"}


class TakeLookupsOperator(PartyStep, BaseOperator):
    """Reads the form and the files of one party. Clearing it takes nothing twice.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#d7e8f7"
    template_fields: Sequence[str] = ("party_id",)

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> None:
        """A form that asks for nothing fails at once; a file that cannot be read gets a receipt."""
        params = dict(context["params"])
        if params.get("party") == self.party_id and any(params.get(key) for key in (*_FIELDS, "owner_variable")):
            self._form(params, str(context["run_id"]))
        self.log.info("%s", asyncio.run(self._files()).sentence(self.party_id))

    def _form(self, params: dict[str, Any], run_id: str) -> None:
        from include.journey.lookup_reading import lines_of
        from include.journey.lookup_take import take_form
        from include.ledger.warehouse import connect
        from samsvar.hooks.owner_variable import check_name

        asked = {name: list(lines_of("\n".join(map(str, params.get(key) or ())))) for key, name in _FIELDS.items()}
        variable = check_name(str(params["owner_variable"])) if params.get("owner_variable") else None
        with connect(self.dsn) as connection:
            rows = take_form(
                connection, self.party, run_id, asked, moment=self._moment(params), owner_variable=variable
            )
        self.log.info("%s: the form asks for %d", self.party_id, rows)

    def _moment(self, params: dict[str, Any]) -> datetime | None:
        from datetime import datetime
        from zoneinfo import ZoneInfo

        from include.errors import ConfigurationError

        text = str(params.get("dtg") or "").strip()
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ConfigurationError("The form's moment is no date such as 2026-11-22T14:00; correct it.") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.party.timezone))

    async def _files(self) -> Any:
        from include.drop.drop import Drop
        from include.journey.lookup_take import take_files
        from include.ledger.warehouse import connect
        from samsvar.hooks.ecoc_drop import EcocDropHook

        settings = EcocDropHook(self.party.connections.ecoc_sftp).settings()
        with connect(self.dsn) as connection:
            async with Drop(settings) as drop:
                return await take_files(connection, drop, self.party)
