"""Decide: writes a confirmed decision into the ledger, with the name of who confirmed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from airflow.sdk import BaseOperator

from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class DecideByHandOperator(BaseOperator):
    """Moves the document that `find` returned, if it has not moved since. Clearing it decides nothing twice.

    :param found: what `find` returned
    :param confirmed: what the confirmation returned: the answer and who gave it
    """

    ui_color = "#e8e0f3"
    template_fields = ("found", "confirmed")

    def __init__(self, *, found: Any, confirmed: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.found = found
        self.confirmed = confirmed

    @plainly
    def execute(self, context: Context) -> str:
        """Returns what was decided, by whom, in one line."""
        from include.ledger import deciding
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        one, by = self._document(), self._name()
        choice = str(context["params"]["decision"])
        with connect(WarehouseHook().dsn()) as connection:
            new = deciding.decide(connection, one, choice, by=by, words=self.found["words"])
        said = f"{one.party}: VIN {one.vin or '-'}: {choice}, decided by {by}"
        self.log.info("%s%s", said, "" if new else " (it stood already; nothing was changed)")
        return said

    def _document(self) -> Any:
        from include.ledger.deciding import Undecided

        row = dict(self.found["document"])
        identity = row["submission_id"]
        return Undecided(**{**row, "submission_id": UUID(identity) if identity else None})

    def _name(self) -> str:
        user = (self.confirmed or {}).get("responded_by_user") or {}
        return str(user.get("name") or user.get("id") or "")
