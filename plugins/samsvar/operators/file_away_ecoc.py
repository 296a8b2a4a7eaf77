"""File away: move decided files out of the inbox and leave receipts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from include.errors import ServiceUnavailable
from samsvar.step import LotRef, PartyStep, plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.journey.file_away import Filed


class FileAwayEcocOperator(PartyStep, BaseOperator):
    """Moves after the commit, never over a file, and proves what it moved. Idempotent: clearing it does what is left.

    :param lot: `{"lot": n, "of": m}` from the plan
    """

    ui_color = "#e8e0f3"
    template_fields: Sequence[str] = ("lot",)

    def __init__(self, *, party_id: str, lot: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party_id = party_id
        self.lot = lot

    @plainly
    def execute(self, context: Context) -> None:
        """Files the lot under the party's shared lock."""
        ref = self.lot_ref(context, self.lot)
        filed = asyncio.run(self._file(ref))
        self.log.info(
            "%s: %d files moved, %d receipts written, %d came back as new files",
            ref.label,
            filed.moved,
            filed.told,
            filed.came_back,
        )
        if filed.failed:
            raise ServiceUnavailable(
                f"{ref.label}: {filed.failed} files or receipts could not be written at the drop; see the lines above."
            )

    async def _file(self, ref: LotRef) -> Filed:
        from include.drop.drop import Drop
        from include.journey.file_away import file_lot
        from include.ledger.locks import party_lock
        from include.ledger.warehouse import connect, now_of
        from samsvar.hooks.ecoc_drop import EcocDropHook

        settings = EcocDropHook(self.party.connections.ecoc_sftp).settings()
        with connect(self.dsn) as connection, party_lock(connection, self.party_id, shared=True):
            async with Drop(settings) as drop:
                return await file_lot(
                    connection,
                    drop,
                    self.store,
                    self.party,
                    run_id=ref.run_id,
                    lot_no=ref.lot_no,
                    label=ref.label,
                    now=now_of(connection),
                )
