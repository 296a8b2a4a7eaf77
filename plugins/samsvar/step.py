"""What every step of a party's journey has in common: the party, the run, and failures in one plain sentence."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from include.errors import ConfigurationError, SamsvarError

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import Context

    from include.config.party import Party
    from include.ledger.content import ContentStore

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class LotRef:
    """Which lot of which run a task works on; `label` is how operators see it."""

    run_id: str
    lot_no: int
    label: str


class PartyStep:
    """Mixed into the operators of a party's DAG. Everything is read when the task runs, nothing at parse time."""

    party_id: str

    @cached_property
    def party(self) -> Party:
        """The party's block of parties.yaml. Raises ConfigurationError when it is broken or gone."""
        from include.config.parties import BrokenParty, load_party

        party = load_party(None, self.party_id)
        if isinstance(party, BrokenParty):
            raise ConfigurationError(party.sentence)
        return party

    @cached_property
    def dsn(self) -> str:
        """Where the warehouse is, as libpq wants it."""
        from samsvar.hooks.warehouse import WarehouseHook

        return WarehouseHook(self.party.connections.warehouse).dsn()

    @cached_property
    def store(self) -> ContentStore:
        """The content store named by SAMSVAR_STORE."""
        from include.ledger.content import ContentStore
        from samsvar.hooks.warehouse import store_url

        return ContentStore(store_url())

    def lot_ref(self, context: Context, lot: dict[str, int]) -> LotRef:
        """The lot that this mapped task was given."""
        label = f"{self.party_id} · lot {lot['lot']} of {lot['of']}"
        return LotRef(str(context["run_id"]), int(lot["lot"]), label)

    @staticmethod
    def try_owner(context: Context) -> str:
        """A name for this very try, written into every intent it claims: host, process, task instance, try."""
        ti = context["ti"]
        return f"{socket.gethostname()}/{os.getpid()}/{ti.id}/{ti.try_number}"


def plainly(execute: Callable[P, R]) -> Callable[P, R]:
    """Logs a failure of ours as one sentence and raises it without the tail of causes behind it."""

    @wraps(execute)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return execute(*args, **kwargs)
        except SamsvarError as error:
            operator: Any = args[0]
            operator.log.error("%s", error)
            raise error.with_traceback(None) from None

    return told


def lot_label(party_id: str) -> str:
    """The `map_index_template` of a lot's tasks."""
    return party_id + " · lot {{ task.lot['lot'] }} of {{ task.lot['of'] }}"
