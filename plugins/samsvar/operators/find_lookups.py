"""Find: which parties ask the register something, by the form, by files in lookups/, or still from before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import ConfigurationError, SamsvarError
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.config.party import Party

_NAMES = ("owner", "owner_name", "eier", "eiernavn", "navn", "name")


class FindLookupsOperator(BaseOperator):
    """Returns the ids of the parties with something to ask or to answer; skips when there are none."""

    ui_color = "#d7e8f7"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._failed: list[SamsvarError] = []

    @plainly
    def execute(self, context: Context) -> list[str]:
        """One drop, or one warehouse, that is away must not hide what waits in another."""
        from include.config.parties import load_parties

        _refuse_names(context)
        good = load_parties().good
        wanted = str(context["params"].get("party") or "").strip()
        if wanted and wanted not in good:
            raise ConfigurationError(f"There is no good block for a party {wanted[:40]!r} in parties.yaml.")
        found = [wanted] if wanted else self._waiting(list(good.values()))
        if not found:
            if self._failed:
                raise self._failed[0]
            raise AirflowSkipException("No party asks the register anything.")
        return found

    def _waiting(self, parties: list[Party]) -> list[str]:
        found: set[str] = set()
        for conn_id in sorted({party.connections.warehouse for party in parties}):
            found |= self._open(conn_id)
        for conn_id in sorted({party.connections.ecoc_sftp for party in parties}):
            found |= asyncio.run(self._dropped(conn_id, parties))
        return [party.id for party in parties if party.id in found]

    def _open(self, conn_id: str) -> set[str]:
        from include.ledger.lookups import parties_with_open
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        try:
            with connect(WarehouseHook(conn_id).dsn()) as connection:
                return set(parties_with_open(connection))
        except SamsvarError as error:
            self.log.warning("%s", error)
            self._failed.append(error)
            return set()

    async def _dropped(self, conn_id: str, parties: list[Party]) -> set[str]:
        from include.drop.drop import Drop
        from include.drop.names import is_unfinished
        from include.journey.lookup_take import folder_of
        from samsvar.hooks.ecoc_drop import EcocDropHook

        found: set[str] = set()
        try:
            async with Drop(EcocDropHook(conn_id).settings()) as drop:
                for party in parties:
                    if party.connections.ecoc_sftp != conn_id or await drop.stat(folder_of(party).encode()) is None:
                        continue
                    lying = await drop.inbox(folder_of(party))
                    if any(one.kind == "file" and not is_unfinished(one.name) for one in lying):
                        found.add(party.id)
        except SamsvarError as error:
            self.log.warning("%s", error)
            self._failed.append(error)
        return found


def _refuse_names(context: Context) -> None:
    """Raises ConfigurationError when an owner's name was typed where Airflow keeps it."""
    from samsvar.hooks.masking import mask
    from samsvar.hooks.owner_variable import PREFIX

    run: Any = context["dag_run"]
    typed = [str(value) for key, value in (run.conf or {}).items() if str(key).lower() in _NAMES and value]
    if typed:
        mask([*typed, *(word for text in typed for word in text.split())])
        raise ConfigurationError(
            "An owner's name must not be typed into the run, since Airflow keeps it there and in its audit log: delete "
            f"both, put the name into a Variable called {PREFIX}… and give the Variable's name, or drop a file with a "
            "column eier."
        )
