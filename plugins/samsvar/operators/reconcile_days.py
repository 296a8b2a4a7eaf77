"""Reconcile the days: look at every party and day that something happened to, and record every difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from samsvar.step import plainly

if TYPE_CHECKING:
    from datetime import date

    from airflow.sdk import Context

    from include.errors import SamsvarError


class ReconcileDaysOperator(BaseOperator):
    """Looks into every warehouse that a party names. Clearing it looks again; nothing is counted twice.

    :param first: first day to look at (YYYY-MM-DD); empty: every day something happened to since the last time
    :param last: last day to look at; empty: today
    """

    ui_color = "#f7d7e0"
    template_fields = ("first", "last")

    def __init__(self, *, first: str | None = None, last: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.first = first
        self.last = last

    @plainly
    def execute(self, context: Context) -> list[str]:
        """Returns one summary per warehouse, the lines an operator reads first."""
        from include.config.parties import load_parties

        del context
        homes: dict[str, list[Any]] = {}
        for party in load_parties().good.values():
            homes.setdefault(party.connections.warehouse, []).append(party)
        said, failed = self._each(homes)
        if failed:
            raise failed[0]
        return said

    def _each(self, homes: dict[str, list[Any]]) -> tuple[list[str], list[SamsvarError]]:
        """One warehouse that is away must not keep the others from being looked at."""
        from include.errors import SamsvarError

        said, failed = [], []
        for warehouse, parties in sorted(homes.items()):
            try:
                said.append(self._reconcile(warehouse, parties))
            except SamsvarError as error:
                self.log.error("%s", error)
                failed.append(error)
        return said, failed

    def _reconcile(self, warehouse: str, parties: list[Any]) -> str:
        from include.journey.reconcile_days import reconcile_days
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        with connect(WarehouseHook(warehouse).dsn()) as connection:
            result = reconcile_days(connection, parties, first=_day(self.first), last=_day(self.last))
        self.log.info("%s", result.sentence())
        return result.sentence()


def _day(text: str | None) -> date | None:
    """A day of the form. Raises ConfigurationError when it is none."""
    from datetime import date

    from include.errors import ConfigurationError

    if text in (None, "", "None"):
        return None
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        raise ConfigurationError(f"{text!r} is not a day: write it as 2026-11-21.") from None
