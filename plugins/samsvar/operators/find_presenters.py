"""Find: whose consignments are to be presented now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import ConfigurationError
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.config.party import Party
    from include.drop.settings import DropSettings


class FindPresentersOperator(BaseOperator):
    """Returns the ids of the parties with the role customs that have something to present, to repeat or to tell.

    With the form it is the form's party alone. Skips when there are none. A party that cannot be looked at is among
    them, so that its own task says why.
    """

    ui_color = "#d7e8f7"

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Looks into ledgers and at the names in the folders."""
        from samsvar.customs_form import consignment_of

        parties = _presenting()
        chosen = context["params"].get("party")
        if consignment_of(context["params"]) or chosen:
            return [_the_one(parties, chosen)]
        from include.journey.present_work import with_work

        found = asyncio.run(with_work(parties, _dsn, _drop))
        if not found:
            raise AirflowSkipException("No party has something to present.")
        return found


def _presenting() -> list[Party]:
    from include.config.parties import load_parties

    return [
        party
        for party in load_parties().good.values()
        if "customs" in party.roles and party.enabled and party.access != "reported"
    ]


def _the_one(parties: list[Party], chosen: Any) -> str:
    if not chosen:
        raise ConfigurationError("The form names no importer: trigger it again with one, nothing was presented.")
    if chosen not in {party.id for party in parties}:
        raise ConfigurationError(
            f"{chosen} presents nothing: it has not the role customs, is not enabled, or its block is broken."
        )
    return str(chosen)


def _dsn(party: Party) -> str:
    from samsvar.hooks.warehouse import WarehouseHook

    return WarehouseHook(party.connections.warehouse).dsn()


def _drop(party: Party) -> DropSettings:
    from samsvar.hooks.ecoc_drop import EcocDropHook

    return EcocDropHook(party.connections.ecoc_sftp).settings()
