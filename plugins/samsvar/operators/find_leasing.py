"""Find: which parties change leaseholders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import PersonMustAct
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.config.party import Party


class FindLeasingOperator(BaseOperator):
    """Returns the ids of the parties with role leasing, or the form's party alone; skips when there are none.

    A party with a broken block is named in the log and left alone.
    """

    ui_color = "#d7e8f7"

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Reads parties.yaml only."""
        from include.config.parties import load_parties

        wanted = str(context["params"].get("party") or "")
        parties = load_parties()
        for broken in parties.broken.values():
            self.log.warning("%s", broken.sentence)
        leasing = [party.id for party in parties.good.values() if _leases(party)]
        if wanted and wanted not in leasing:
            raise PersonMustAct(f"Party {wanted!r} has no role leasing in parties.yaml; nothing was done.")
        if not leasing:
            raise AirflowSkipException("No party has the role leasing.")
        return [wanted] if wanted else leasing


def _leases(party: Party) -> bool:
    return "leasing" in party.roles and party.enabled and party.access != "reported"
