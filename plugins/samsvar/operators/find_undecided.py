"""Find: the one document that a person wants to decide about."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class FindUndecidedOperator(BaseOperator):
    """Returns the document of the form's `document` field, and a sentence that says what is about to be decided."""

    ui_color = "#d7e8f7"

    @plainly
    def execute(self, context: Context) -> dict[str, Any]:
        """Fails with one sentence when no document fits, or more than one."""
        from include.ledger import deciding
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        params = context["params"]
        with connect(WarehouseHook().dsn()) as connection:
            found = deciding.find(connection, str(params["document"]), str(params["decision"]))
        sentence = found.sentence(str(params["decision"]))
        self.log.info("%s", sentence)
        row = asdict(found) | {"submission_id": str(found.submission_id) if found.submission_id else None}
        return {"document": row, "sentence": sentence, "words": str(params["words"]).strip()}
