"""File away: move read leasing files to the archive, tell every row, and forget people on schedule."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.leasing_step import LeasingStep
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class FileLeasingOperator(LeasingStep, BaseOperator):
    """Clearing it files what is not filed and rewrites no receipt that is current.

    :param party_id: the party, as in parties.yaml
    """

    ui_color = "#e3f1dc"
    template_fields: Sequence[str] = ("party_id",)  # a mapped group's argument comes through rendering only

    def __init__(self, *, party_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id

    @plainly
    def execute(self, context: Context) -> str:
        """Returns what was done, in words."""
        del context
        with self.locked() as connection:
            said = f"{self.party_id}: {asyncio.run(self._file(connection))}"
        self.log.info("%s", said)
        return said

    async def _file(self, connection: Any) -> str:
        from include.drop.drop import Drop
        from include.journey.leasing.file_away import file_changes
        from include.journey.leasing.forget import forget

        async with Drop(self.drop_settings) as drop:
            filed = await file_changes(connection, drop, self.party, self.vault)
            gone = await forget(connection, drop, self.party, self.vault, keep_days=self.keys.keep_days)
        return ", ".join(part for part in (filed.sentence(), gone.sentence()) if part)
