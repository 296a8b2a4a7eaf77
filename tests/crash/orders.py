"""What a sender process is told before it is born: one JSON object, so that it shares nothing else with its driver."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Deed = Literal["kill", "freeze", "kill_postgres", "disk_full", "overwrite"]
#: Everything a night does, in its order.
STEPS = ("collect", "plan", "validate", "open", "send", "file", "reconcile")
#: The other DAG: outcomes that nobody knows are looked up.
RESOLVE = ("resolve",)


@dataclass(frozen=True, slots=True)
class Charge:
    """One deed at the `at`-th passage of a named crash point (see points.py)."""

    point: str
    at: int = 1
    deed: Deed = "kill"


@dataclass(frozen=True, slots=True)
class Dice:
    """At every crash point the process dies with this probability, decided by the seed."""

    seed: int
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """One life of a sender process.

    `marker` is the file that names each crash point right before its deed. `settings` replace fields of the vegvesen
    connection's settings, `constants` replace module constants ("module:NAME") that would only cost waiting time.
    `again` is how often each step is repeated, as if somebody had cleared its task.
    """

    dsn: str
    party: dict[str, Any]
    connections: dict[str, Any]
    store: str
    inbox: str
    marker: str
    log: str
    run: str = "run-1"
    try_number: int = 1
    steps: tuple[str, ...] = STEPS
    again: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)
    charges: tuple[Charge, ...] = ()
    dice: Dice | None = None
    postmaster: int = 0
    newer: dict[str, str] = field(default_factory=dict)
    """Name in the inbox → file that an importer puts in its place when a charge says `overwrite`."""
    naive: bool = False
    stream: Literal["ecoc", "presentation", "leasing"] = "ecoc"

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))


def read_orders(line: str) -> Orders:
    """The orders of that line."""
    told = json.loads(line)
    told["steps"] = tuple(told["steps"])
    told["charges"] = tuple(Charge(**charge) for charge in told["charges"])
    told["dice"] = Dice(**told["dice"]) if told["dice"] else None
    return Orders(**told)
